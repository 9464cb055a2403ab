import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020";
import { openCatalog } from "../../../src/catalog/catalog.ts";
import { changeKinds, changesOf } from "../../../src/connectors/dealerauction/changes.ts";
import { draftsOf } from "../../../src/connectors/dealerauction/drafts.ts";
import { readListing, readStock } from "../../../src/connectors/dealerauction/readings.ts";
import { givenHub, SALE } from "../../commands/given.ts";
import { startReceiver } from "../../support/receiver.ts";
import { SECOND } from "../../support/test-app.ts";
import { givenUpstream } from "./given.ts";

const catalog = openCatalog();

test("the catalog has every event type of this kind, and every payload is as it says", async () => {
  const names = changeKinds.map((kind) => `dealerauction.${kind}`);
  expect(catalog.listing().sources.dealerauction).toEqual(names.toSorted());
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  await poll();
  const [first, second, third] = [world.list(id), world.list(id), world.list(id)];
  const item = world.stockItem(id) ?? expect.unreachable();
  const acts: (() => unknown)[] = [
    () => Object.assign(item, { listingId: first.id }),
    () => world.bid(first.id, 3000),
    () => world.end(first.id),
    () => world.markAsSold(first.id, 4000),
    () => world.markAsNotSold(first.id),
    () => Object.assign(item, { listingId: second.id }),
    () => world.end(second.id),
    () => Object.assign(item, { listingId: third.id }),
    () => world.cancel(third.id),
    () => world.change(id, { mileage: 1 }),
    () => world.remove(id),
  ];
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  const ofKind = catalog.sourceEntries().filter(({ eventType }) => eventType.startsWith("dealerauction."));
  const validators = new Map(ofKind.map(({ eventType, schema }) => [eventType, ajv.compile(schema)]));
  const seen = new Set(["dealerauction.stock.created"]);
  for (const act of acts) {
    act();
    for (const { eventType, payload } of (await poll()).drafts) {
      const validate = validators.get(eventType) ?? expect.unreachable();
      validate(JSON.parse(payload));
      expect({ eventType, errors: validate.errors }).toEqual({ eventType, errors: null });
      seen.add(eventType);
    }
  }
  expect([...seen].toSorted()).toEqual(names.toSorted());
});

test("what was received stands in the payload byte for byte", () => {
  const stockText =
    '{ "listingId":7, "id":"a",\t"vehicle":{"mileage":12345678901234567890,"vrm":"ab17 abc"} }';
  const listingText = '{"status":"IN_PROGRESS","id":7,"auction":{"bids":[{"value":1.50,"time":null}]}}';
  const stock = readStock(JSON.parse(stockText), stockText) ?? expect.unreachable();
  const listing = readListing(JSON.parse(listingText), listingText);
  const { changes } = changesOf(null, { stock, listing, former: null });
  const drafts = draftsOf(changes, stock, 0);
  expect(drafts.map(({ key }) => key)).toEqual([
    "a/1/stock.created",
    "a/2/listing.started",
    "a/3/listing.bid-placed",
  ]);
  for (const { payload } of drafts) {
    expect(payload).toEndWith(`,"stock":${stockText},"listing":${listingText}}`);
    expect(JSON.parse(payload).vrm).toBe("AB17ABC");
  }
});

test("from credentials to the first event, and from there to a sale", async () => {
  await using hub = await givenHub();
  await using receiver = startReceiver();
  await using stranger = startReceiver();
  const { app, token } = hub;
  await app.givenSubscription(token, { url: receiver.url, eventType: "dealerauction.*" });
  const { token: other } = await app.givenCustomer();
  await app.givenSubscription(other, { url: stranger.url, eventType: "*" });

  const shown = await app.call("GET", "/connectors/cars", { auth: token });
  expect(shown.text).not.toContain(hub.simulator.password);
  const poll = await app.call("POST", "/connectors/cars/poll", { auth: token });
  expect(poll.json()).toMatchObject({ complete: true, pages: 1, items: 1, events: 4, error: null });
  await app.advance(SECOND);
  const told = () => receiver.received.map(({ headers }) => headers["x-webhook-event"]).toSorted();
  const first = ["listing.bid-placed", "listing.provisional", "listing.started", "stock.created"];
  expect(told()).toEqual(first.map((kind) => `dealerauction.${kind}`));

  expect((await hub.mark("mark-as-sold", { body: SALE })).outcome).toBe("200");
  await app.call("POST", "/connectors/cars/poll", { auth: token });
  await app.advance(SECOND);
  const { body } = receiver.received.at(-1) ?? expect.unreachable();
  expect(JSON.parse(body)).toMatchObject({
    type: "dealerauction.listing.sold",
    listing: { sale: { price: 4500, buyer: { contacts: [{ firstName: "Bea" }] } } },
    previous: { status: "PROVISIONAL" },
  });
  expect(stranger.received).toEqual([]);
});

test("a connector that fails says why, and whom to ask what", async () => {
  await using hub = await givenHub();
  const { app, token, simulator } = hub;
  const poll = async () => (await app.call("POST", "/connectors/cars/poll", { auth: token })).json();
  const status = async () => (await app.call("GET", "/connectors/cars", { auth: token })).json();
  for (const [failure, code] of [
    ["unauthorized", "bad_credentials"],
    ["forbidden", "refused"],
    ["notFound", "not_a_service"],
  ] as const) {
    simulator.fail(failure, { times: Number.POSITIVE_INFINITY });
    expect(await poll()).toMatchObject({ complete: false, events: 0 });
    expect(await status()).toMatchObject({ status: "failing", lastError: { code } });
    simulator.recover();
    expect(await poll()).toMatchObject({ complete: true });
    expect(await status()).toMatchObject({ status: "active" });
  }
});
