import { expect, test } from "bun:test";
import { givenDeals, HOUR, MINUTE, VIN } from "./given.ts";

test("a deal that is started in a browser is followed to its end, with its VIN and its documents", async () => {
  await using hub = await givenDeals({ settings: { archiveDocuments: true } });
  const { app, token, world } = hub;
  const body = { vin: VIN, amount: 18_500, format: "signed", role: "buyer" };
  const link = (await app.call("POST", "/connectors/deals/sell-link", { auth: token, body })).json();
  expect(link.url).toStartWith(`${hub.simulator.url}/sell/partner-acme?`);

  const followed = await fetch(link.url, { redirect: "manual" }); // the browser
  const [deal] = world.deals.values();
  if (deal === undefined) throw new Error(`the link was answered ${followed.status}`);
  expect(followed.headers.get("location")).toEndWith(`/${deal.guid}/buyer`);
  await hub.advance(MINUTE);
  world.accept(deal);
  await hub.advance(10 * MINUTE);
  world.submitTitle(deal);
  world.sign(deal, "bill-of-sale");
  await hub.advance(HOUR);
  world.complete(deal);
  await hub.advance(MINUTE);

  const webhooks = hub.told().filter((event) => !event.endsWith(".snapshot"));
  expect(webhooks.toSorted()).toEqual(
    [
      "listing.created",
      "offer.created",
      "offer.accepted",
      "deal.created",
      "deal.title_submitted",
      "document.signature_added",
      "document.signature_added",
      "document.completed",
      "deal.bill_of_sale_approved",
      "deal.docs_approved",
      "deal.payment_initiated",
      "deal.payment_acknowledged",
      "deal.completed",
      "listing.sold",
    ].toSorted(),
  );
  expect(hub.toldOf("deal.completed")).toMatchObject([{ id: deal.id, status: "sold", amount: 18_500 }]);
  expect(hub.toldOf("deal.snapshot").at(-1)).toMatchObject({
    id: deal.id,
    vin: VIN,
    deal: { status: "sold" },
  });
  expect(hub.toldOf("listing.snapshot").at(-1)).toMatchObject({ vin: VIN, listing: { status: "sold" } });
  expect(hub.toldOf("offer.snapshot").at(-1)).toMatchObject({ vin: VIN, offer: { status: "accepted" } });
  expect(hub.toldOf("documents.snapshot").at(-1)).toMatchObject({ dealId: deal.id });

  const documents = await hub.documents(`connector=deals&dealId=${deal.id}`);
  expect(documents.map(({ name }) => name).toSorted()).toEqual([
    "bill-of-sale.pdf",
    "title-back.jpg",
    "title-front.jpg",
  ]);
  expect((await hub.connector()).errands).toEqual({ waiting: 0, givenUp: 0, lastError: null });
});

test("each webhook reaches the dealer as PrivateAuto sent it, byte for byte, under the name it has there", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  const webhook = hub.deliveries.emit("deal.some_new-thing", {
    id: "1",
    amount: 18500.5,
    text: "ä \u{1f697}",
  });
  await hub.settle();
  expect(hub.receiver.received).toMatchObject([
    { body: webhook.body, headers: { "x-webhook-event": "privateauto.deal.some_new-thing" } },
  ]);
});

test("a hub that was down gets what it missed from the retries, and what those miss from the record", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  hub.deliveries.endpoint.url = "http://127.0.0.1:1/down";
  const deal = hub.world.sell({ vin: VIN });
  await hub.advance(2 * MINUTE);
  hub.deliveries.endpoint.url = hub.inboundUrl;
  await hub.advance(30 * MINUTE);
  expect(hub.told().toSorted()).toEqual(["listing.created", "offer.created"]);

  hub.deliveries.endpoint.url = "http://127.0.0.1:1/down";
  hub.world.accept(deal);
  await hub.advance(HOUR); // all retries fail
  hub.deliveries.endpoint.url = hub.inboundUrl;
  expect(hub.told()).toHaveLength(2);
  expect(await hub.poll()).toMatchObject({ complete: true, events: 2, items: 4 });
  await hub.settle();
  expect(hub.told().slice(2).toSorted()).toEqual(["deal.created", "offer.accepted"]);
  expect(await hub.poll()).toMatchObject({ complete: true, events: 0 });
});
