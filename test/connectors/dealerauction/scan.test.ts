import { expect, test } from "bun:test";
import { dealerAuction } from "../../../src/connectors/dealerauction/dealerauction.ts";
import { openTestConnection, pollOnce } from "../../support/connector-run.ts";
import { givenUpstream } from "./given.ts";

test("a life of a car is told event by event, each once", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001", { vrm: "AB17 abc" });
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.stock.created",
      vrm: "AB17ABC",
      stock: { id, lifecycleState: "FORECOURT" },
      listing: null,
      previous: { status: null },
    },
  ]);
  expect((await poll()).kinds).toEqual([]);

  const listing = world.list(id);
  expect((await poll()).kinds).toEqual(["listing.started"]);
  world.bid(listing.id, 3000);
  world.bid(listing.id, 3500);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.bid-placed", bid: { value: 3000 }, previous: { status: "IN_PROGRESS" } },
    { type: "dealerauction.listing.bid-placed", bid: { value: 3500 }, changed: ["auction.currentPrice"] },
  ]);
  world.bid(listing.id, 4000);
  world.end(listing.id);
  const ended = await poll();
  expect(ended.kinds).toEqual(["listing.bid-placed", "listing.provisional"]);
  expect(ended.told[1]).toMatchObject({
    listing: {
      id: listing.id,
      status: "PROVISIONAL",
      negotiation: { buyer: { tradingName: expect.any(String) } },
    },
    previous: { status: "IN_PROGRESS", auction: { currentPrice: 3500 } },
  });
  world.markAsSold(listing.id, 4500);
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.listing.sold",
      listing: { sale: { price: 4500 } },
      previous: { status: "PROVISIONAL" },
    },
  ]);
  world.markAsNotSold(listing.id);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.reverted", listing: { status: "NOT_SOLD" }, previous: { status: "SOLD" } },
  ]);
  const again = world.list(id);
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.listing.relisted",
      listing: { id: again.id },
      previous: { status: "NOT_SOLD", listingId: listing.id },
    },
  ]);
  world.cancel(again.id);
  expect((await poll()).kinds).toEqual(["listing.cancelled"]);
  world.change(id, { mileage: 77_000 });
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.stock.updated",
      changed: ["vehicle.mileage"],
      stock: { vehicle: { mileage: 77_000 } },
    },
  ]);
  world.remove(id);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.stock.removed", vrm: "AB17ABC", stock: { id }, previous: { status: "CANCELLED" } },
  ]);
  expect((await poll()).kinds).toEqual([]);
});

test("bids that came and an auction that ended between two polls are all told, in their order", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id, { reservePrice: 2000 });
  world.bid(listing.id, 1000);
  world.bid(listing.id, 1000); // at the same instant, for the same price
  world.bid(listing.id, 2500);
  world.end(listing.id);
  const { kinds, told } = await poll();
  expect(kinds).toEqual([
    "stock.created",
    "listing.started",
    "listing.bid-placed",
    "listing.bid-placed",
    "listing.bid-placed",
    "listing.sold",
  ]);
  expect(told.map(({ bid }) => bid?.value)).toEqual([undefined, undefined, 1000, 1000, 2500, undefined]);
  expect((await poll()).kinds).toEqual([]);
});

test("how the earlier listing ended is told although the next has begun", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  const first = world.list(id);
  await poll();
  world.bid(first.id, 1000);
  world.cancel(first.id);
  const second = world.list(id);
  world.bid(second.id, 1200);
  const { told, kinds } = await poll();
  expect(kinds).toEqual([
    "listing.bid-placed",
    "listing.cancelled",
    "listing.relisted",
    "listing.bid-placed",
  ]);
  expect(told.map(({ listing }) => listing.id)).toEqual([first.id, first.id, second.id, second.id]);
  expect(told[2].previous).toEqual({ status: "CANCELLED", listingId: first.id });
});

test("a car sold anew at another price between two polls is told", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id);
  world.bid(listing.id, 1000);
  world.end(listing.id);
  world.markAsSold(listing.id, 4000);
  await poll();
  world.markAsProvisional(listing.id);
  world.markAsSold(listing.id, 4400);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.sold", previous: { status: "SOLD", sale: { price: 4000 } } },
  ]);
  world.markAsProvisional(listing.id);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.reverted", listing: { status: "PROVISIONAL" } },
  ]);
});

test("an item that slips between two pages is neither lost nor removed", async () => {
  await using upstream = givenUpstream({ settings: { pageSize: 2 } });
  const { world, simulator, poll } = upstream;
  const cars = Array.from({ length: 5 }, () => world.add("10001"));
  await poll();
  const newest = cars[4]?.id ?? "";
  simulator.beforeEach = ({ query }) => {
    if (query.get("pageNumber") === "2" && world.stockItem(newest)?.deleted === "no") world.remove(newest);
  };
  expect((await poll()).kinds).toEqual([]); // the first item of page 2 stands on page 1 now, and was not seen
  expect((await poll()).told).toMatchObject([{ type: "dealerauction.stock.removed", stock: { id: newest } }]);
});

test("an item that stands on two pages is told once, and one that came meanwhile in the next run", async () => {
  await using upstream = givenUpstream({ settings: { pageSize: 2 } });
  const { world, simulator, poll } = upstream;
  for (let n = 0; n < 4; n++) world.add("10001");
  let later: string | null = null;
  simulator.beforeEach = ({ query }) => {
    if (query.get("pageNumber") === "2") later ??= world.add("10001").id;
  };
  const run = await poll();
  expect(run.kinds).toEqual(Array(4).fill("stock.created"));
  expect({ pages: run.pages, items: run.items }).toEqual({ pages: 3, items: 4 });
  expect((await poll()).told).toMatchObject([{ type: "dealerauction.stock.created", stock: { id: later } }]);
});

test("what the search does not show is read again by and by, those read longest ago first", async () => {
  await using upstream = givenUpstream({ settings: { refreshPerRun: 2 } });
  const { world, poll } = upstream;
  const cars = Array.from({ length: 5 }, () => world.add("10001"));
  await poll();
  for (const { id } of cars) world.change(id, { mileage: 1 });
  upstream.requests();
  const told: string[] = [];
  for (let run = 0; run < 3; run++) told.push(...(await poll()).told.map(({ stock }) => stock.id));
  expect(told.toSorted()).toEqual(cars.map(({ id }) => id).toSorted());
  expect(upstream.requests()).toEqual({ "GET search": 3, "GET stock": 6 });
});

test("a car in an auction is read in every run, whatever the search shows", async () => {
  await using upstream = givenUpstream({ settings: { refreshPerRun: 0 } });
  const { world, poll } = upstream;
  const [, { id }] = [world.add("10001"), world.add("10001")];
  const listing = world.list(id);
  await poll();
  upstream.requests();
  expect((await poll()).kinds).toEqual([]);
  expect(upstream.requests()).toEqual({ "GET search": 1, "GET stock": 1, "GET listings": 1 });
  world.bid(listing.id, 100);
  expect((await poll()).kinds).toEqual(["listing.bid-placed"]);
  world.end(listing.id);
  await poll();
  upstream.requests();
  world.markAsNotSold(listing.id);
  expect((await poll()).kinds).toEqual(["listing.not-sold"]);
  expect((await poll()).kinds).toEqual([]);
  expect(upstream.requests()).toEqual({ "GET search": 2, "GET stock": 1, "GET listings": 1 });
});

test("a deleted car is removed; brought back, it is created anew and what was told before is not told again", async () => {
  for (const how of ["deleted", "gone"] as const) {
    await using upstream = givenUpstream();
    const { world, poll } = upstream;
    const { id } = world.add("10001");
    const listing = world.list(id);
    world.bid(listing.id, 100);
    world.cancel(listing.id);
    await poll();
    world.remove(id, how);
    expect((await poll()).kinds).toEqual(["stock.removed"]);
    upstream.requests();
    expect((await poll()).kinds).toEqual([]);
    expect(upstream.requests()).toEqual({ "GET search": 1 });
    world.restore(id);
    expect((await poll()).kinds).toEqual(["stock.created"]);
    world.remove(id, how);
    expect((await poll()).kinds).toEqual(["stock.removed"]);
  }
});

test("a sale is told although the car is deleted before the next poll", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id);
  await poll();
  world.bid(listing.id, 9000);
  world.end(listing.id);
  world.remove(id, "deleted");
  const { kinds, told } = await poll();
  expect(kinds).toEqual(["listing.bid-placed", "listing.sold", "stock.removed"]);
  expect(told[2]).toMatchObject({ stock: { lifecycleState: "DELETED" }, previous: { status: "SOLD" } });
});

test("the wastebin is the stock's own, what mirrors its listing is not", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  await poll();
  world.setWastebin(id, true);
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.stock.updated",
      changed: ["lifecycleState"],
      stock: { lifecycleState: "WASTEBIN" },
    },
  ]);
  world.setWastebin(id, false);
  expect((await poll()).told).toMatchObject([{ previous: { lifecycleState: "WASTEBIN" } }]);
  const listing = world.list(id);
  world.bid(listing.id, 9000);
  world.end(listing.id);
  expect((await poll()).kinds).toEqual(["listing.started", "listing.bid-placed", "listing.sold"]);
});

test("each customer id is searched for itself; one that is taken out of the settings is let go without an event", async () => {
  const customerIds = ["10001", "10002"];
  await using upstream = givenUpstream({ customerIds });
  const { world, poll, simulator, memory } = upstream;
  const ours = world.add("10001");
  const theirs = world.add("10002");
  expect((await poll()).kinds).toEqual(["stock.created", "stock.created"]);
  const { url: baseUrl, username, password } = simulator;
  const settings = { baseUrl, username, password, customerIds: [10001] };
  const less = openTestConnection(dealerAuction, settings).connection;
  expect((await pollOnce(less, memory)).drafts).toEqual([]);
  upstream.requests();
  expect((await pollOnce(less, memory)).drafts).toEqual([]);
  expect(upstream.requests()).toEqual({ "GET search": 1, "GET stock": 1 });
  world.change(theirs.id, { mileage: 5 });
  world.change(ours.id, { mileage: 6 });
  expect((await pollOnce(less, memory)).drafts).toHaveLength(1);
  expect((await poll()).told).toMatchObject([{ stock: { id: theirs.id, vehicle: { mileage: 5 } } }]);
});

test("a car is read in every run while its listing is open or the search shows an auction, one of the two being enough", async () => {
  await using upstream = givenUpstream({ settings: { refreshPerRun: 0 } });
  const { world, simulator, poll } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id);
  world.bid(listing.id, 100);
  world.end(listing.id);
  world.setWastebin(id, true); // now nothing in the search tells that it is provisional
  await poll();
  world.markAsSold(listing.id, 4000);
  expect((await poll()).kinds).toEqual(["listing.sold"]);

  world.setWastebin(id, false);
  simulator.beforeEach = ({ path }) => {
    const status = path === "/v1/stock" ? "IN_PROGRESS" : "BEING_COUNTED"; // a word that we do not know
    Object.assign(listing, { status });
  };
  await poll();
  world.bid(listing.id, 200);
  expect((await poll()).kinds).toEqual(["listing.bid-placed"]);
});

test("an answer that is older than the last one is not believed", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const item = world.add("10001", { mileage: 1 });
  const old = { ...item };
  world.list(item.id);
  world.change(item.id, { mileage: 2 });
  await poll();
  const present = { ...item };
  Object.assign(item, old); // as an upstream of several machines may answer
  const { kinds, steps } = await poll();
  expect([kinds, steps.filter(({ stale }) => stale === 1).length]).toEqual([[], 1]);
  Object.assign(item, present);
  expect((await poll()).kinds).toEqual([]);
});

test("a search that still shows what was deleted does not let it be removed twice", async () => {
  await using upstream = givenUpstream();
  const { world, simulator, poll } = upstream;
  const item = world.add("10001");
  await poll();
  simulator.beforeEach = ({ path }) => {
    item.deleted = path === "/v1/stock" ? "no" : "deleted";
  };
  expect((await poll()).kinds).toEqual(["stock.removed"]);
  expect((await poll()).kinds).toEqual([]);
});

test("a silent first scan tells nothing of what it finds, and everything after it", async () => {
  await using upstream = givenUpstream({ initialScan: "silent" });
  const { world, poll } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id);
  world.bid(listing.id, 500);
  expect((await poll()).kinds).toEqual([]);
  world.bid(listing.id, 600);
  expect((await poll()).told).toMatchObject([{ bid: { value: 600 } }]);
});

test("credentials are tried with one request, and the answer says what is wrong", async () => {
  await using upstream = givenUpstream();
  const { signal } = new AbortController();
  await upstream.connection.check(signal);
  expect(upstream.requests()).toEqual({ "GET search": 1 });
  for (const [name, fault] of [
    ["unauthorized", "bad_credentials"],
    ["forbidden", "refused"],
    ["notFound", "not_a_service"],
    ["htmlPage", "malformed"],
    ["badGateway", "server_error"],
  ] as const) {
    upstream.fail(name);
    await expect(upstream.connection.check(signal)).rejects.toMatchObject({ fault });
  }
});
