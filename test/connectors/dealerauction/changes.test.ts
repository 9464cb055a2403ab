import { describe, expect, test } from "bun:test";
import { type Change, changesOf, type Known } from "../../../src/connectors/dealerauction/changes.ts";
import { readListing, readStock, readStockPage } from "../../../src/connectors/dealerauction/readings.ts";

type Json = Record<string, unknown>;

const STATUSES = ["IN_PROGRESS", "PROVISIONAL", "SOLD", "NOT_SOLD", "CANCELLED"] as const;

const listingOf = (body: Json) => {
  const whole = { id: "l1", status: "IN_PROGRESS", auction: { bids: [] }, ...body };
  return readListing(whole, JSON.stringify(whole)) ?? expect.unreachable();
};

const stockOf = (body: Json = {}) => {
  const whole = { id: "s1", listingId: "l1", ...body };
  return readStock(whole, JSON.stringify(whole)) ?? expect.unreachable();
};

/** What is known after a stock item with this listing was seen. */
function known(stock = stockOf(), listing: ReturnType<typeof listingOf> | null = null): Known {
  const result = changesOf(null, { stock, listing, former: null });
  return {
    told: result.changes.length,
    summary: "",
    readAt: 0,
    updatedAt: null,
    vrm: null,
    vin: null,
    own: stock.own,
    listing: result.listing,
  };
}

const kindsOf = (changes: readonly Change[]) => changes.map(({ kind }) => kind);

/** The kinds of events between two states of a listing. */
function between(before: Json, now: Json) {
  const first = known(stockOf(), listingOf(before));
  const found = { stock: stockOf(), listing: listingOf(now), former: null };
  return changesOf(JSON.parse(JSON.stringify(first)), found).changes; // as it comes back from disk
}

describe("a listing that is first seen", () => {
  test.each([
    ["IN_PROGRESS", []],
    ["PROVISIONAL", ["listing.provisional"]],
    ["SOLD", ["listing.sold"]],
    ["NOT_SOLD", ["listing.not-sold"]],
    ["CANCELLED", ["listing.cancelled"]],
    ["EXPIRED", ["listing.not-sold"]],
    ["SOMETHING_NEW", []],
  ])("as %s began, and is where it is", (status, further) => {
    const found = { stock: stockOf(), listing: listingOf({ status }), former: null };
    const { changes } = changesOf(null, found);
    expect(kindsOf(changes)).toEqual(["stock.created", "listing.started", ...(further as [])]);
    expect(changes.every(({ previous }) => previous.status === null)).toBe(true);
  });
});

describe("a status that changes", () => {
  const told: Record<string, string> = {
    IN_PROGRESS: "listing.started",
    PROVISIONAL: "listing.provisional",
    SOLD: "listing.sold",
    NOT_SOLD: "listing.not-sold",
    CANCELLED: "listing.cancelled",
  };
  for (const before of STATUSES) {
    for (const now of STATUSES) {
      const expected = before === now ? [] : [before === "SOLD" ? "listing.reverted" : told[now]];
      test(`from ${before} to ${now} gives ${expected[0] ?? "nothing"}`, () => {
        const changes = between({ status: before }, { status: now });
        expect(kindsOf(changes)).toEqual(expected as never);
        for (const { previous } of changes) expect(previous.status).toBe(before);
      });
    }
  }

  test("is the same word in another spelling: nothing", () => {
    expect(between({ status: "NOT_SOLD" }, { status: "expired" })).toEqual([]);
  });
});

describe("bids", () => {
  const at = (minute: number) => `2026-03-02T10:0${minute}:00.000Z`;
  const auction = (...bids: Json[]) => ({ auction: { bids } });

  test.each([
    ["none", [], [], []],
    [
      "one more",
      [{ value: 1, time: at(1) }],
      [
        { value: 1, time: at(1) },
        { value: 2, time: at(2) },
      ],
      [2],
    ],
    [
      "in any order",
      [{ value: 2, time: at(2) }],
      [
        { value: 3, time: at(3) },
        { value: 2, time: at(2) },
        { value: 1, time: at(1) },
      ],
      [1, 3],
    ],
    [
      "two that are equal",
      [],
      [
        { value: 5, time: at(1) },
        { value: 5, time: at(1) },
      ],
      [5, 5],
    ],
    [
      "a second that equals the first",
      [{ value: 5, time: at(1) }],
      [
        { value: 5, time: at(1) },
        { value: 5, time: at(1) },
      ],
      [5],
    ],
    [
      "spelled otherwise",
      [{ value: 5, time: at(1) }],
      [{ value: "5", time: "2026-03-02T11:01:00+01:00" }],
      [],
    ],
    ["without a time", [{ value: 5 }], [{ value: 5 }, { value: 6 }], [6]],
    ["that are no bids", [], [null, "x"], [null, null]],
  ] as [string, Json[], Json[], unknown[]][])("%s: each is told once", (_, before, now, values) => {
    const changes = between(auction(...before), auction(...now));
    expect(changes.map(({ bid }) => bid?.value)).toEqual(values);
    expect(kindsOf(changes)).toEqual(values.map(() => "listing.bid-placed"));
  });

  test("one that is gone for a while is not told again", () => {
    const whole = listingOf(auction({ value: 1, time: at(1) }, { value: 2, time: at(2) }));
    let state = known(stockOf(), whole);
    for (const listing of [listingOf(auction()), whole]) {
      const result = changesOf(state, { stock: stockOf(), listing, former: null });
      expect(result.changes).toEqual([]);
      state = { ...state, listing: result.listing };
    }
  });

  test("the price that goes with a bid is no event of its own, and stands in its previous", () => {
    const now = { auction: { bids: [{ value: 7, time: at(1) }], currentPrice: 7, reserveMet: true } };
    const changes = between({ auction: { bids: [], reserveMet: false } }, now);
    expect(changes).toMatchObject([
      {
        kind: "listing.bid-placed",
        previous: { status: "IN_PROGRESS", auction: { currentPrice: null, reserveMet: false } },
        changed: ["auction.currentPrice", "auction.reserveMet"],
      },
    ]);
  });

  test("an end that is moved, or a negotiation that goes on, is no event", () => {
    expect(
      between({ auction: { bids: [], endTime: at(1) } }, { auction: { bids: [], endTime: at(9) } }),
    ).toEqual([]);
    const negotiating = (price: number) => ({ status: "PROVISIONAL", negotiation: { price } });
    expect(between(negotiating(1), negotiating(2))).toEqual([]);
  });
});

describe("a stock item of its own", () => {
  const vehicle = (more: Json) => stockOf({ vehicle: { vrm: "AB17 ABC", mileage: 10, ...more } });

  test.each([
    ["mileage", { mileage: 11 }, { vehicle: { mileage: 10 } }, ["vehicle.mileage"]],
    ["a field that comes", { trim: "S" }, { vehicle: { trim: null } }, ["vehicle.trim"]],
  ])("%s: updated", (_, more, previous, changed) => {
    const { changes } = changesOf(known(vehicle({})), { stock: vehicle(more), listing: null, former: null });
    expect(changes).toMatchObject([
      { kind: "stock.updated", previous: { status: null, ...previous }, changed },
    ]);
  });

  test.each([
    ["a number as text", { mileage: "10" }],
    ["a null that comes", { trim: null }],
    ["an empty text that comes", { trim: "" }],
  ])("%s: not updated", (_, more) => {
    const { changes } = changesOf(known(vehicle({})), { stock: vehicle(more), listing: null, former: null });
    expect(changes).toEqual([]);
  });

  test("what is long is compared by its digest, and told as changed without what it was", () => {
    const images = (n: number) =>
      stockOf({ images: Array.from({ length: n }, (_, at) => `https://x.example.com/${at}`) });
    const before = known(images(50));
    expect(JSON.stringify(before).length).toBeLessThan(400);
    expect(changesOf(before, { stock: images(50), listing: null, former: null }).changes).toEqual([]);
    const { changes } = changesOf(before, { stock: images(51), listing: null, former: null });
    expect(changes).toMatchObject([{ previous: { status: null }, changed: ["images"] }]);
  });

  test("mirrors of the listing, dates and the order of keys do not count", () => {
    const one = stockOf({
      lifecycleState: "FORECOURT",
      updatedDate: "2026-03-02T10:00:00.000Z",
      availableUntil: "2026-05-04T09:42:00+00:00",
      advert: { state: "INACTIVE" },
      capTaxonomy: { a: { b: 1, c: 2 } },
    });
    const other = stockOf({
      capTaxonomy: { a: { c: 2, b: 1 } },
      advert: { state: "ACTIVE", auction: { type: "BID" } },
      availableUntil: "2026-05-04T09:42:00.000Z",
      updatedDate: "2026-03-03T10:00:00.000Z",
      lifecycleState: "SALE_IN_PROGRESS",
    });
    expect(changesOf(known(one), { stock: other, listing: null, former: null }).changes).toEqual([]);
  });
});

describe("what the upstream sends", () => {
  test("is read whatever the types are", () => {
    const stock = stockOf({
      id: 12,
      listingId: 34,
      customerId: 10001,
      vehicle: { vrm: " ab17 abc ", vin: 7 },
    });
    expect(stock).toMatchObject({ id: "12", listingId: "34", customerId: "10001", vrm: "AB17ABC", vin: "7" });
    expect(listingOf({ id: 5, status: "sold", sale: { price: "4500" }, auction: null })).toMatchObject({
      id: "5",
      status: "SOLD",
      salePrice: 4500,
      bids: [],
    });
    const page = readStockPage({
      stockItems: [{ id: 1 }, {}, null, { id: " " }],
      paginator: { lastPage: "3" },
    });
    expect(page).toMatchObject({ items: [{ id: "1" }], lastPage: 3 });
    expect(readStockPage({ stockItems: [] })).toEqual({ items: [], lastPage: null });
  });

  test("is none where what it must have is missing", () => {
    expect(readStockPage({ stockItems: {} })).toBeNull();
    expect(readStock({ vehicle: {} }, "")).toBeNull();
    expect(readListing({ id: "l1" }, "")).toBeNull();
    expect(readListing({ status: "SOLD" }, "")).toBeNull();
  });

  test("is remembered without anything personal", () => {
    const buyer = { tradingName: "Dealer Ltd", contacts: [{ email: "bea@example.com" }] };
    const listing = listingOf({
      status: "SOLD",
      negotiation: { buyer, price: 4 },
      sale: { buyer, price: 5 },
    });
    expect(JSON.stringify(known(stockOf(), listing))).not.toMatch(/Dealer Ltd|bea/);
  });
});
