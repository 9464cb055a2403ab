import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { openCatalog } from "../../../src/catalog/catalog.ts";
import { givenDeals, VIN } from "./given.ts";

const catalog = openCatalog();

/** The tables of seed 001, and what only its prose names. */
const NAMES = `
  deal.created deal.completed deal.cancelled deal.expired deal.offer_accepted deal.buyer_joined deal.seller_joined
  deal.buyer_ready deal.seller_ready deal.co_seller_invited deal.title_submitted deal.title_approved
  deal.docs_submitted deal.docs_approved deal.payment_initiated deal.payment_acknowledged deal.amount_changed
  deal.negative_equity_identified deal.negative_equity_funded deal.loan_payoff_docs deal.loan_payoff_confirmed
  deal.poa_approved deal.bill_of_sale_approved
  offer.created offer.accepted offer.rejected offer.cancelled
  listing.created listing.updated listing.published listing.sold listing.deleted listing.ownership_set
  user.registered
  document.signature_added document.completed deal.negative_equity_reported listing.ownership_submitted
`
  .trim()
  .split(/\s+/);

const SNAPSHOTS = ["deal.snapshot", "offer.snapshot", "listing.snapshot", "documents.snapshot"];

test("the catalog has the 38 events of PrivateAuto, and the four snapshots", () => {
  expect(NAMES).toHaveLength(38);
  const expected = [...NAMES, ...SNAPSHOTS].map((name) => `privateauto.${name}`);
  expect(catalog.listing().sources.privateauto).toEqual(expected.toSorted());
});

test("no two of them are described in the same words", () => {
  const summaries = NAMES.map((name) => catalog.find(`privateauto.${name}`)?.summary);
  expect(new Set(summaries).size).toBe(38);
});

test("what reaches a dealer is as the catalog says", async () => {
  await using hub = await givenDeals();
  const { world } = hub;
  const deal = world.sell({ vin: VIN, amount: 18_500 });
  world.accept(deal);
  world.submitTitle(deal);
  world.sign(deal, "bill-of-sale");
  world.sign(deal, "poa");
  world.complete(deal);
  world.cancel(world.sell({ vin: "1M8GDM9AXKP042788" }));
  await hub.settle();
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv, ["date-time"]);
  const seen = new Set(hub.receiver.received.map(({ headers }) => headers["x-webhook-event"] ?? ""));
  expect(seen.size).toBe(15 + 4);
  const validators = new Map(
    [...seen].map((eventType) => [eventType, ajv.compile(catalog.find(eventType)?.schema ?? { not: {} })]),
  );
  for (const { headers, body } of hub.receiver.received) {
    const validate = validators.get(headers["x-webhook-event"] ?? "");
    validate?.(JSON.parse(body));
    expect([headers["x-webhook-event"], validate?.errors]).toEqual([headers["x-webhook-event"], null]);
  }
});
