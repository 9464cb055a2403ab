import { expect, test } from "bun:test";
import fc from "fast-check";
import { mayHear } from "../../src/routing/entitlement.ts";
import { RoutingTable } from "../../src/routing/match.ts";
import { type AskedEvent, reasons, type Then, whyNot } from "../../src/routing/why-not.ts";

const ME = 1;
const SOLD = "ae.asset.deal.sold.ams";

const event: AskedEvent = {
  environment: "sandbox",
  eventType: SOLD,
  auctionIds: ["daanw"],
  ownerId: null,
};
const subscription = { customerId: ME, environment: "sandbox" as const, eventType: "ae.asset.*" };
const usual: Then = { status: "active", isDisabled: false, auctionIds: ["daanw"] };

const ask = (given: { event?: Partial<AskedEvent>; subscription?: object; state?: Partial<Then> }) =>
  whyNot(
    { ...event, ...given.event },
    { ...subscription, ...given.subscription },
    { stateThen: () => ({ ...usual, ...given.state }), mode: "self" },
  );

test("each reason is given for what it says", () => {
  expect(ask({})).toBeNull();
  const cases = [
    ask({ subscription: { eventType: "ae.asset.deal.sold" } }),
    ask({ subscription: { environment: "production" } }),
    ask({ state: { status: undefined } }),
    ask({ state: { status: null } }),
    ask({ state: { status: "paused" } }),
    ask({ state: { isDisabled: true } }),
    ask({ state: { auctionIds: ["cpaa"] } }),
  ];
  expect(cases).toEqual([...reasons]);
});

test("of several reasons the one that no pause or resumption mends comes first", () => {
  const all = { status: "paused", isDisabled: true, auctionIds: [] } as const;
  expect(ask({ state: all })).toBe("paused");
  expect(ask({ state: all, subscription: { environment: "production" } })).toBe("environment");
  const other = { environment: "production", eventType: "cart.*" };
  expect(ask({ state: all, subscription: other })).toBe("type");
  expect(ask({ state: { ...all, status: "active" } })).toBe("disabled");
});

test("a connector's event needs no auction id, but its own customer", () => {
  expect(ask({ event: { ownerId: ME }, state: { auctionIds: [] } })).toBeNull();
  expect(mayHear({ ownerId: 2, auctionIds: ["daanw"] }, ME, { has: () => true, mode: "self" })).toBe(false);
});

test("an explanation agrees with the routing table on every event", () => {
  const ids = fc.subarray(["daanw", "cpaa", "*"]);
  const named = fc.record({
    auctionIds: ids,
    ownerId: fc.constantFrom(null, ME, 2),
    mode: fc.constantFrom("self" as const, "operator" as const),
    held: ids,
  });
  fc.assert(
    fc.property(named, ({ auctionIds, ownerId, mode, held }) => {
      const table = new RoutingTable(mode);
      table.set(ME, { subscriptions: [{ ...subscription, id: 11 }], auctionIds: held });
      const routed = table.match({ ...event, auctionIds, ownerId });
      const reason = whyNot({ ...event, auctionIds, ownerId }, subscription, {
        stateThen: () => ({ ...usual, auctionIds: held }),
        mode,
      });
      expect(reason === null).toBe(routed.length === 1);
    }),
  );
});
