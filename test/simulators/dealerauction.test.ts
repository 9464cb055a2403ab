import { expect, test } from "bun:test";
import { startDealerAuction } from "../../src/simulators/dealerauction/dealerauction.ts";
import { failures } from "../../src/simulators/dealerauction/failures.ts";
import { openLife } from "../../src/simulators/dealerauction/life.ts";
import { seeded } from "../connectors/dealerauction/given.ts";
import { TestClock } from "../support/test-clock.ts";

/** The simulator, and calls to it as a client makes them. */
function givenSimulator() {
  const clock = new TestClock();
  const simulator = startDealerAuction({
    seams: { clock, random: seeded() },
    customerIds: ["10001", "10002"],
  });
  const authorization = `Basic ${btoa(`${simulator.username}:${simulator.password}`)}`;
  return {
    simulator,
    world: simulator.world,
    clock,
    async call(
      path: string,
      { method = "GET", body, auth = authorization }: { method?: string; body?: object; auth?: string } = {},
    ) {
      const answer = await fetch(simulator.url + path, {
        method,
        headers: { authorization: auth },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, json: text === "" ? null : JSON.parse(text) };
    },
    [Symbol.asyncDispose]: () => simulator.stop(),
  };
}

test("every operation needs HTTP Basic", async () => {
  await using given = givenSimulator();
  for (const auth of ["", "Basic nobody", `Bearer ${given.simulator.password}`]) {
    expect((await given.call("/v1/stock?customerId=10001", { auth })).status).toBe(401);
  }
});

test("a search needs a parameter, shows one's own stock only, and counts pages from 1", async () => {
  await using given = givenSimulator();
  const { world, call } = given;
  const cars = ["10001", "10002", "10001", "10001"].map((customerId) => world.add(customerId));
  expect((await call("/v1/stock")).json.stockItems).toEqual([]);
  expect((await call("/v1/stock?customerId=10009")).status).toBe(403);
  const first = (await call("/v1/stock?customerId=10001&pageSize=2")).json;
  expect(first.paginator).toEqual({ currentPage: 1, resultsPerPage: 2, totalResults: 3, lastPage: 2 });
  expect(first.stockItems.map(({ id }: { id: string }) => id)).toEqual([cars[3]?.id, cars[2]?.id]);
  expect(first.stockItems[0]).toMatchObject({ customerId: 10001, publicReference: expect.any(Number) });
  expect(first.stockItems[0]).not.toHaveProperty("listingId");
  const both = (await call("/v1/stock?customerId=10001&customerId=10002")).json;
  expect(both.paginator.totalResults).toBe(4);
  world.remove(cars[0]?.id ?? "", "deleted");
  expect((await call("/v1/stock?customerId=10001")).json.stockItems).toHaveLength(2);
  expect((await call("/v1/stock?customerId=10001&deleted=true")).json.stockItems).toMatchObject([
    { id: cars[0]?.id, lifecycleState: "DELETED" },
  ]);
});

test("an auction ends as its bids are, at once with the price to buy now", async () => {
  await using given = givenSimulator();
  const { world, call } = given;
  const { id } = world.add("10001");
  for (const [bids, auction, status] of [
    [[], {}, "NOT_SOLD"],
    [[4000], {}, "PROVISIONAL"],
    [[4000, 6000], {}, "SOLD"],
    [[8000], { buyNowPrice: 8000, reservePrice: 9000 }, "SOLD"],
  ] as const) {
    const listing = world.list(id, auction);
    for (const value of bids) world.bid(listing.id, value);
    if (listing.status === "IN_PROGRESS") {
      const body = { stockId: id, endTime: new Date(given.clock.now()).toISOString() };
      expect((await call("/v1/testing/set-auction-end-time", { method: "POST", body })).status).toBe(200);
    }
    expect((await call(`/v1/listings/${listing.id}`)).json).toMatchObject({ status, stockId: id });
  }
});

test("a listing is marked from the states that allow it", async () => {
  await using given = givenSimulator();
  const { world, call } = given;
  const listing = world.list(world.add("10001").id);
  const mark = async (how: string, body?: object) => {
    const { status, json } = await call(`/v1/listings/${listing.id}/${how}`, {
      method: "POST",
      ...(body && { body }),
    });
    return status === 200 ? json.status : `${status} ${json.errorCode}`;
  };
  expect(await mark("mark-as-sold", { salePrice: 1 })).toBe("400 INVALID_STOCK_ITEM");
  world.bid(listing.id, 1000);
  world.end(listing.id);
  for (const salePrice of [0, 1.5, "5"]) expect(await mark("mark-as-sold", { salePrice })).toStartWith("400");
  expect(await mark("mark-as-sold", { salePrice: 5000 })).toBe("SOLD");
  expect(await mark("mark-as-sold", { salePrice: 5000 })).toBe("400 INVALID_STOCK_ITEM");
  expect(await mark("mark-as-not-sold")).toBe("NOT_SOLD");
  expect(await mark("mark-as-not-sold")).toBe("400 INVALID_STOCK_ITEM");
  expect(await mark("mark-as-provisional")).toBe("PROVISIONAL");
  expect(
    (await call("/v1/listings/nothing/mark-as-sold", { method: "POST", body: { salePrice: 1 } })).status,
  ).toBe(404);
});

test("fails as often as it is asked to, where it is asked to, with a Date that may be off", async () => {
  await using given = givenSimulator();
  const { simulator, call } = given;
  simulator.dateSkewMs = 600_000;
  simulator.fail("tooManyForSeconds", { at: ({ path }) => path === "/v1/stock", times: 2 });
  const statuses = [];
  for (const path of ["/v1/stock?vrm=X", "/v1/stock/x", "/v1/stock?vrm=X", "/v1/stock?vrm=X"]) {
    const { status, headers } = await call(path);
    statuses.push([status, headers.get("retry-after"), headers.get("date")]);
  }
  const date = "Thu, 01 Jan 2026 00:10:00 GMT";
  expect(statuses).toEqual([
    [429, "7", date],
    [404, null, date],
    [429, "7", date],
    [200, null, date],
  ]);
  expect(simulator.requests.map(({ path }) => path)).toHaveLength(4);
});

test("does or does not what it was asked before it fails", async () => {
  for (const [name, { hasEffect }] of Object.entries(failures)) {
    await using given = givenSimulator();
    const { world, simulator } = given;
    const listing = world.list(world.add("10001").id);
    world.bid(listing.id, 1000);
    world.end(listing.id);
    simulator.letsWait = () => queueMicrotask(() => given.clock.advance(1000));
    simulator.fail(name as keyof typeof failures);
    const late = new AbortController();
    if (/silence/.test(name)) simulator.letsWait = () => late.abort();
    const path = `${simulator.url}/v1/listings/${listing.id}/mark-as-not-sold`;
    const headers = { authorization: `Basic ${btoa(`${simulator.username}:${simulator.password}`)}` };
    if (name === "slow") simulator.letsWait = (ms) => queueMicrotask(() => given.clock.advance(ms));
    await fetch(path, { method: "POST", headers, signal: late.signal })
      .then((answer) => answer.text())
      .catch(() => null);
    expect({ name, isDone: listing.status === "NOT_SOLD" }).toEqual({ name, isDone: hasEffect });
  }
});

test("its life brings stock, auctions, bids and ends, the same with the same chance", () => {
  const stories = [1, 2].map(() => {
    const clock = new TestClock();
    const simulator = startDealerAuction({ seams: { clock, random: seeded(3) } });
    const { world } = simulator;
    const life = openLife({ world, customerId: "10001", size: 6, now: clock.now, random: seeded(4) });
    const story = Array.from({ length: 60 }, () => {
      clock.advance(5000);
      return life.happen();
    });
    void simulator.stop();
    return story;
  });
  expect(stories[0]).toEqual(stories[1] as string[]);
  const story = stories[0]?.join("\n") ?? "";
  for (const word of [
    /auction of \w+ begins/,
    /£\d+ is bid/,
    /ends: (SOLD|PROVISIONAL|NOT_SOLD), listing/,
    /comes into stock/,
  ]) {
    expect(story).toMatch(word);
  }
});
