import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ConnectorDraft } from "../../../src/connectors/connector.ts";
import { readListing, readStock } from "../../../src/connectors/dealerauction/readings.ts";
import { changedPaths } from "../../../src/connectors/facts.ts";
import { listingDetail, stockDetail } from "../../../src/simulators/dealerauction/answers.ts";
import type { FailureName } from "../../../src/simulators/dealerauction/failures.ts";
import type { ListingStatus, World } from "../../../src/simulators/dealerauction/world.ts";
import { pollOnce } from "../../support/connector-run.ts";
import { passingFailures } from "../common-failures.ts";
import { givenUpstream, seeded } from "./given.ts";
import { openRandomWorld, type RandomWorld } from "./random-world.ts";

const ROUNDS = 500;

const anywhere: FailureName[] = ["unauthorized", "forbidden", "tooManyForHours", ...passingFailures];

test(`in ${ROUNDS} random worlds the events, folded in order, give what the upstream shows in the end`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), (seed) => round(seeded(seed))),
    { numRuns: ROUNDS, endOnFailure: true },
  );
}, 120_000);

/** Things happen, requests fail and the hub crashes between any two requests; then it gets quiet. */
async function round(random: () => number): Promise<void> {
  await using upstream = givenUpstream({
    customerIds: ["10001", "10002"],
    settings: { pageSize: 2, concurrency: 1 + Math.floor(random() * 4) },
  });
  const { simulator, world, memory, connection } = upstream;
  const happenings = openRandomWorld(world, random);
  for (let n = 0; n < 6; n++) happenings.act();

  let is404Due = true; // twice in a row it would be believed
  simulator.beforeEach = () => {
    if (random() < 0.3) happenings.act();
    if (random() < 0.08) simulator.fail(anywhere[Math.floor(random() * anywhere.length)] ?? "silence");
    if (is404Due && random() < 0.05) {
      is404Due = false;
      simulator.fail("notFoundBlank", { at: ({ path }) => path.startsWith("/v1/listings/") });
    }
  };
  for (let polls = 0; polls < 3; polls++) {
    await pollOnce(connection, memory, { crash: () => random() < 0.03 });
    for (let n = 0; n < 3; n++) happenings.act();
    upstream.waits.advance(1000);
  }
  simulator.recover();
  simulator.beforeEach = () => {};
  for (let polls = 0; polls < 2; polls++) expect((await upstream.poll()).error).toBeNull();
  expect((await upstream.poll()).kinds).toEqual([]);
  expectTheTruth(memory.admitted, happenings, world);
}

interface Told {
  // biome-ignore lint/suspicious/noExplicitAny: what was received
  stock: any;
  // biome-ignore lint/suspicious/noExplicitAny: what was received
  listing: any;
}

function expectTheTruth(drafts: readonly ConnectorDraft[], happenings: RandomWorld, world: World): void {
  const folded = new Map<string, Told>();
  const statuses = new Map<string, ListingStatus[]>();
  const bids = new Map<string, unknown[]>();
  for (const { eventType, payload } of drafts) {
    const event = JSON.parse(payload);
    const kind = eventType.replace("dealerauction.", "");
    const { id } = event.stock;
    expect({ kind, isNew: !folded.has(id) }).toEqual({ kind, isNew: kind === "stock.created" });
    if (kind === "stock.removed") {
      expect(happenings.removed).toContain(id);
      folded.delete(id);
      continue;
    }
    folded.set(id, { stock: event.stock, listing: event.listing ?? folded.get(id)?.listing ?? null });
    const { id: listingId = "" } = event.listing ?? {};
    if (kind === "listing.bid-placed") push(bids, listingId, event.bid);
    else if (kind.startsWith("listing.")) push(statuses, listingId, statusIn(kind, event.listing));
  }

  expect([...folded.keys()].toSorted()).toEqual(happenings.present().toSorted());
  for (const [id, told] of folded) expectSame(told, id, world);
  for (const [listingId, told] of statuses) {
    expect(isPartOf(told, happenings.history.get(listingId) ?? [])).toBe(true);
    const placed = (world.listing(listingId)?.bids ?? []).map(asTold);
    const heardOf = (bids.get(listingId) ?? []).toSorted(byText);
    const isGone = !happenings.present().includes(world.listing(listingId)?.stockId ?? "");
    // What happened last to a car that is gone cannot be learnt.
    expect(isGone ? isPartOf(heardOf.map(text), placed.toSorted(byText).map(text)) : heardOf).toEqual(
      isGone ? true : placed.toSorted(byText),
    );
  }
}

function expectSame({ stock, listing }: Told, stockId: string, world: World): void {
  const item = world.stockItem(stockId) ?? expect.unreachable();
  const truth = stockDetail(world, item) as Record<string, unknown>;
  const own = (body: Record<string, unknown>) => readStock(body, "")?.own ?? {};
  expect(changedPaths(own(stock), own(truth))).toEqual([]);
  const present = world.listing(item.listingId);
  const facts = (body: object | null) => {
    const read = body === null ? null : readListing(body as Record<string, unknown>, "");
    return read && { id: read.id, status: read.status, price: read.salePrice, bids: read.bids.length };
  };
  expect(facts(listing)).toEqual(facts(present && listingDetail(present)));
}

/** What an event says of its listing's status. */
const statusIn = (kind: string, listing: { status: ListingStatus }): ListingStatus =>
  (
    ({
      "listing.started": "IN_PROGRESS",
      "listing.relisted": "IN_PROGRESS",
      "listing.provisional": "PROVISIONAL",
      "listing.sold": "SOLD",
      "listing.not-sold": "NOT_SOLD",
      "listing.cancelled": "CANCELLED",
    }) as const
  )[kind] ?? listing.status;

/** True when the first came in this order within the second. */
function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const each of all) if (each === some[at]) at++;
  return at === some.length;
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}

const asTold = ({ value, at }: { value: number; at: number }) => ({
  value,
  time: new Date(at).toISOString(),
});

const text = (value: unknown) => JSON.stringify(value);

const byText = (one: unknown, other: unknown) => JSON.stringify(one).localeCompare(JSON.stringify(other));
