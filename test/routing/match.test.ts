import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { matches } from "../../src/catalog/event-types.ts";
import { RoutingTable, type Wishes } from "../../src/routing/match.ts";

const SOLD = "ae.asset.deal.sold.ams";

const wishes = (auctionIds: string[], ...types: [id: number, eventType: string][]): Wishes => ({
  auctionIds,
  subscriptions: types.map(([id, eventType]) => ({ id, eventType, environment: "sandbox" as const })),
});

const event = (auctionIds: string[], ownerId: number | null = null, eventType = SOLD) => ({
  environment: "sandbox" as const,
  eventType,
  auctionIds,
  ownerId,
});

const ids = (routes: { subscriptionId: number }[]) => routes.map(({ subscriptionId }) => subscriptionId);

describe("who gets an event", () => {
  const table = new RoutingTable("self");
  table.set(1, wishes(["daanw"], [11, SOLD], [12, "ae.asset.*"], [13, "ae.cart.*"]));
  table.set(2, wishes(["cpaa"], [21, SOLD]));
  table.set(3, wishes([], [31, "*"]));

  test("those who have its auction, once for each subscription", () => {
    expect(ids(table.match(event(["daanw"])))).toEqual([11, 12]);
  });
  test("all of its auctions count, and nobody gets it twice for that", () => {
    expect(ids(table.match(event(["daanw", "cpaa", "daanw"])))).toEqual([11, 12, 21]);
  });
  test("an event that names no auction goes to all who subscribed", () => {
    expect(ids(table.match(event([])))).toEqual([11, 12, 21, 31]);
  });
  test("an auction nobody has goes to nobody", () => {
    expect(table.match(event(["rckfrd"]))).toEqual([]);
  });
  test("a connector's event goes to its customer only, whatever the auction ids", () => {
    expect(ids(table.match(event(["cpaa"], 1)))).toEqual([11, 12]);
    expect(ids(table.match(event([], 3)))).toEqual([31]);
  });
  test("another environment is another world", () => {
    expect(table.match({ ...event(["daanw"]), environment: "production" })).toEqual([]);
  });
});

test("where the operator assigns ids, an event without an auction goes only to those given *", () => {
  const table = new RoutingTable("operator");
  table.set(1, wishes(["daanw"], [11, SOLD]));
  table.set(2, wishes(["*"], [21, SOLD]));
  expect(ids(table.match(event([])))).toEqual([21]);
  expect(ids(table.match(event(["daanw"])))).toEqual([11]);
  expect(table.match(event(["*"]))).toEqual([]);
});

test("a customer that changes its wishes is matched by the new ones only", () => {
  const table = new RoutingTable("self");
  table.set(1, wishes(["daanw"], [11, SOLD]));
  table.set(1, wishes(["cpaa"], [12, "*"]));
  expect(table.match(event(["daanw"]))).toEqual([]);
  expect(ids(table.match(event(["cpaa"])))).toEqual([12]);
  table.set(1, wishes([]));
  expect(table.match(event(["cpaa"]))).toEqual([]);
});

test("the table agrees with trying each pattern by hand", () => {
  const part = fc.constantFrom("a", "b", "c");
  const type = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  const pattern = fc.oneof(
    type,
    type.map((name) => `${name}.*`),
    fc.constant("*"),
  );
  const customers = fc.array(
    fc.record({
      auctions: fc.subarray(["x", "y", "z"]),
      patterns: fc.uniqueArray(pattern, { maxLength: 4 }),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(customers, type, fc.subarray(["x", "y", "z"]), (all, eventType, auctions) => {
      const table = new RoutingTable("self");
      const expected: number[] = [];
      let id = 0;
      for (const [customerId, each] of all.entries()) {
        const subscriptions = each.patterns.map((name): [number, string] => [++id, name]);
        table.set(customerId, wishes(each.auctions, ...subscriptions));
        const hears = auctions.length === 0 || auctions.some((auction) => each.auctions.includes(auction));
        for (const [subscriptionId, name] of subscriptions) {
          if (hears && matches(name, eventType)) expected.push(subscriptionId);
        }
      }
      expect(ids(table.match(event(auctions, null, eventType)))).toEqual(expected);
    }),
  );
});
