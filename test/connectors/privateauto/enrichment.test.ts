import { expect, test } from "bun:test";
import { subjectOf } from "../../../src/connectors/privateauto/events.ts";
import { SECOND } from "../../support/test-app.ts";
import { givenDeals, HOUR, MINUTE, VIN, webhookOf } from "./given.ts";

test("a webhook names what it is about, whatever its id is the id of", () => {
  const none = { deal: null, offer: null, listing: null, isAboutDocuments: false };
  const about: [event: string, payload: Record<string, unknown>, subject: object][] = [
    ["deal.completed", { id: "d", entityType: "deals" }, { deal: "d" }],
    ["deal.completed", { id: "d" }, { deal: "d" }],
    ["deal.completed", { id: 7 }, { deal: "7" }],
    ["deal.completed", {}, {}],
    ["deal.completed", { id: { $oid: "d" } }, {}],
    ["deal.title_submitted", { id: "d", documents: [] }, { deal: "d", isAboutDocuments: true }],
    ["deal.title_approved", { id: "d" }, { deal: "d", isAboutDocuments: true }],
    ["deal.docs_approved", { id: "d" }, { deal: "d", isAboutDocuments: true }],
    ["deal.docs_submitted", { id: "d" }, { deal: "d", isAboutDocuments: true }],
    [
      "deal.poa_approved",
      { id: "x", dealId: "d", entityType: "documents" },
      { deal: "d", isAboutDocuments: true },
    ],
    ["deal.poa_approved", { id: "x" }, { isAboutDocuments: true }],
    ["deal.bill_of_sale_approved", { id: "x", dealId: "d" }, { deal: "d", isAboutDocuments: true }],
    ["deal.loan_payoff_docs", { id: "x", dealId: "d" }, { deal: "d", isAboutDocuments: true }],
    ["deal.loan_payoff_docs", { id: "x", entityType: "credit_reports" }, { isAboutDocuments: true }],
    ["deal.loan_payoff_confirmed", { id: "x" }, {}],
    ["deal.unheard_of", { id: "x", entityType: "something" }, {}],
    ["deal.unheard_of", { id: "d", entityType: "deals" }, { deal: "d" }],
    ["document.completed", { id: "x", dealId: "d" }, { deal: "d", isAboutDocuments: true }],
    ["document.signature_added", { id: "x" }, { isAboutDocuments: true }],
    ["offer.created", { id: "o", listingId: "l" }, { offer: "o", listing: "l" }],
    ["offer.cancelled", { id: "o" }, { offer: "o" }],
    ["listing.sold", { id: "l" }, { listing: "l" }],
    ["user.registered", { id: "u", email: "jane@example.com" }, {}],
    ["payment.settled", { id: "p" }, {}],
  ];
  for (const [event, payload, subject] of about) {
    expect([event, subjectOf(event, payload)]).toEqual([event, { ...none, ...subject }]);
  }
});

test("a record that is as it was told, or older, is not told again", async () => {
  await using hub = await givenDeals();
  const deal = hub.world.sell({ vin: VIN });
  hub.world.accept(deal);
  await hub.settle();
  expect(hub.toldOf("deal.snapshot")).toHaveLength(1);
  const told = deal.updatedAt;

  hub.deliveries.emit("deal.seller_joined", { id: deal.id }); // nothing in the record has changed
  await hub.settle();
  expect(hub.toldOf("deal.snapshot")).toHaveLength(1);

  deal.updatedAt = told - MINUTE; // a replica that lags behind
  deal.amount = 1;
  hub.deliveries.emit("deal.amount_changed", { id: deal.id });
  await hub.settle();
  expect(hub.toldOf("deal.snapshot")).toHaveLength(1);

  deal.updatedAt = told; // a change within the same instant is one
  deal.amount = 2;
  hub.deliveries.emit("deal.amount_changed", { id: deal.id });
  await hub.settle();
  expect(hub.toldOf("deal.snapshot").map(({ deal }) => deal.amount)).toEqual([null, 2]);
});

test("a snapshot has the record as it came, and the VIN that the deal itself does not have", async () => {
  await using hub = await givenDeals();
  const deal = hub.world.sell({ vin: VIN, amount: 18_500 });
  hub.world.accept(deal);
  await hub.settle();
  const path = `/connectors/deals/data/deals/${deal.id}`;
  const record = await hub.app.call("GET", path, { auth: hub.token });
  const body = hub.receiver.received.find(
    ({ body }) => body.includes('"closingStatus"') || body.includes('"deal":{'),
  )?.body;
  expect(body).toBe(`{"id":"${deal.id}","vin":"${VIN}","deal":${record.text}}`);
});

test("links that are signed anew are no change of a deal's documents", async () => {
  await using hub = await givenDeals();
  const deal = hub.world.sell({ vin: VIN });
  hub.world.accept(deal);
  hub.world.submitTitle(deal);
  await hub.settle();
  await hub.advance(HOUR);
  hub.deliveries.emit("deal.docs_submitted", { id: deal.id });
  await hub.settle();
  expect(hub.toldOf("documents.snapshot")).toHaveLength(1);
});

test("a record that comes later than its webhook is waited for, one that never comes is given up", async () => {
  await using hub = await givenDeals();
  hub.deliveries.isHeld = true;
  const deal = hub.world.sell({ vin: VIN });
  const early = hub.deliveries.emit("deal.created", { id: deal.id, entityType: "deals" });
  await hub.deliveries.send(early); // before the deal can be read
  await hub.settle();
  expect((await hub.connector()).errands).toMatchObject({ waiting: 1, lastError: { code: "refused" } });
  hub.world.accept(deal);
  await hub.advance(MINUTE);
  expect(hub.toldOf("deal.snapshot")).toMatchObject([{ id: deal.id, vin: VIN }]);

  await hub.deliveries.send(hub.deliveries.emit("deal.created", { id: "no-such-deal" }));
  await hub.advance(24 * HOUR);
  expect((await hub.connector()).errands).toMatchObject({ waiting: 0, givenUp: 1 });
  expect((await hub.connector()).status).toBe("active");
});

test("every failure of the upstream is outlived by what a webhook leaves to be done", async () => {
  const names = [
    "unauthorized",
    "tooMany",
    "tooManyForSeconds",
    "serverError",
    "badGateway",
    "htmlPage",
    "truncated",
    "silence",
  ] as const;
  for (const name of names) {
    await using hub = await givenDeals();
    hub.simulator.letsWait = () => void setTimeout(() => hub.clock.advance(61 * SECOND), 1);
    const isRead = ({ method }: { method: string }) => method === "GET";
    hub.simulator.fail(name, { at: isRead, times: 2 });
    hub.world.accept(hub.world.sell({ vin: VIN }));
    await hub.advance(HOUR);
    // The jump of the clock may also end a delivery that is under way, which is then made again.
    expect([name, hub.eventsOf("deal.snapshot").size]).toEqual([name, 1]);
    expect((await hub.connector()).errands).toMatchObject({ waiting: 0, givenUp: 0 });
  }
});

test("without enrichment nothing is asked of the upstream", async () => {
  await using hub = await givenDeals({ settings: { enrich: false } });
  hub.simulator.requests.length = 0;
  hub.world.accept(hub.world.sell({ vin: VIN }));
  await hub.settle();
  expect(hub.simulator.requests).toEqual([]);
  expect(webhookOf(hub.deliveries, "deal.created").body).toBe(
    hub.receiver.received.find(({ headers }) => headers["x-webhook-event"] === "privateauto.deal.created")
      ?.body ?? "",
  );
});
