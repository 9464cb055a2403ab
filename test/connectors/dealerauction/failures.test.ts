import { expect, test } from "bun:test";
import { UpstreamError } from "../../../src/connectors/upstream-error.ts";
import type { SeenRequest } from "../../../src/simulators/dealerauction/dealerauction.ts";
import { lastingFaults, passingFailures } from "../common-failures.ts";
import { givenUpstream } from "./given.ts";

const isSearch = ({ path }: SeenRequest) => path === "/v1/stock";
const isStock = ({ path }: SeenRequest) => path.startsWith("/v1/stock/");
const isListing = ({ path }: SeenRequest) => path.startsWith("/v1/listings/");
const operations = { search: isSearch, stock: isStock, listing: isListing };

/** A car in an auction and an idle one, both known; and then a bid, a new car and a removal that nobody has heard of. */
async function givenNews(options: Parameters<typeof givenUpstream>[0] = {}) {
  const upstream = givenUpstream(options);
  const { world } = upstream;
  const [auctioned, removed] = [world.add("10001"), world.add("10001")];
  const listing = world.list(auctioned.id);
  await upstream.poll();
  world.bid(listing.id, 3000);
  const added = world.add("10001");
  world.remove(removed.id);
  upstream.requests();
  return { ...upstream, ids: { auctioned: auctioned.id, removed: removed.id, added: added.id } };
}

const NEWS = ["listing.bid-placed", "stock.created", "stock.removed"];

for (const name of passingFailures) {
  test(`${name}: once, at any operation, costs a further request and no event`, async () => {
    for (const [operation, at] of Object.entries(operations)) {
      await using upstream = await givenNews();
      upstream.fail(name, { at });
      const run = await upstream.poll();
      expect({ operation, error: run.error, kinds: run.kinds.toSorted() }).toEqual({
        operation,
        error: null,
        kinds: NEWS,
      });
      expect((await upstream.poll()).kinds).toEqual([]);
    }
  });
}

for (const [name, fault] of lastingFaults) {
  test(`${name}: while it lasts the run is partial, says ${fault} and removes nothing; then all is told once`, async () => {
    for (const [operation, at] of Object.entries(operations)) {
      await using upstream = await givenNews();
      upstream.fail(name, { at, times: Number.POSITIVE_INFINITY });
      const partial = await upstream.poll();
      expect({ operation, isComplete: partial.isComplete, fault: faultOf(partial.error) }).toEqual({
        operation,
        isComplete: false,
        fault,
      });
      expect(partial.kinds).not.toContain("stock.removed");
      upstream.simulator.recover();
      const whole = await upstream.poll();
      expect([...partial.kinds, ...whole.kinds].toSorted()).toEqual(NEWS);
      expect((await upstream.poll()).kinds).toEqual([]);
    }
  });
}

test("one item that cannot be read keeps no other from being told, and the run from being complete", async () => {
  for (const name of ["serverError", "htmlPage", "truncated", "forbidden"] as const) {
    await using upstream = await givenNews();
    const { auctioned } = upstream.ids;
    const at = ({ path }: SeenRequest) => path.endsWith(auctioned);
    upstream.fail(name, { at, times: Number.POSITIVE_INFINITY });
    const run = await upstream.poll();
    expect({ isComplete: run.isComplete, kinds: run.kinds }).toEqual({
      isComplete: false,
      kinds: ["stock.created"],
    });
    upstream.simulator.recover();
    expect((await upstream.poll()).kinds.toSorted()).toEqual(["listing.bid-placed", "stock.removed"]);
  }
});

test("an upstream that fails for every item is not asked for all of them", async () => {
  await using upstream = givenUpstream();
  for (let n = 0; n < 50; n++) upstream.world.add("10001");
  upstream.fail("forbidden", { at: isStock, times: Number.POSITIVE_INFINITY });
  expect((await upstream.poll()).error).toMatchObject({ fault: "refused" });
  expect(upstream.requests()["GET stock"]).toBeLessThan(10);
});

test("a search that is not there is a wrong base URL, and not an empty one", async () => {
  for (const name of ["notFound", "notFoundBlank", "notFoundByProxy"] as const) {
    await using upstream = await givenNews();
    upstream.fail(name, { at: isSearch });
    const run = await upstream.poll();
    expect(run.error).toMatchObject({ fault: "not_a_service", isConfiguration: true });
    expect(run.kinds).toEqual([]);
  }
});

test("a listing that cannot be found is looked for again, and its stock item told all the same", async () => {
  await using upstream = givenUpstream();
  const { world } = upstream;
  const { id } = world.add("10001");
  world.list(id);
  upstream.fail("notFoundBlank", { at: isListing });
  expect((await upstream.poll()).told).toMatchObject([
    { type: "dealerauction.stock.created", listing: null },
  ]);
  world.end(world.listingOf(id)?.id ?? "");
  expect((await upstream.poll()).kinds).toEqual(["listing.started", "listing.not-sold"]);
});

test("a listing that cannot be found is looked for again although the search shows nothing new", async () => {
  await using upstream = givenUpstream({ settings: { refreshPerRun: 0 } });
  const { world } = upstream;
  const { id } = world.add("10001");
  world.cancel(world.list(id).id);
  upstream.fail("notFoundBlank", { at: isListing });
  expect((await upstream.poll()).kinds).toEqual(["stock.created"]);
  expect((await upstream.poll()).kinds).toEqual(["listing.started", "listing.cancelled"]);
});

test("the end of an earlier listing that cannot be found for once is told all the same, before the next listing", async () => {
  await using upstream = givenUpstream();
  const { world } = upstream;
  const { id } = world.add("10001");
  const first = world.list(id);
  await upstream.poll();
  world.cancel(first.id);
  const second = world.list(id);
  upstream.fail("notFoundByProxy", { at: ({ path }) => path.endsWith(first.id) });
  expect((await upstream.poll()).kinds).toEqual([]);
  expect((await upstream.poll()).kinds).toEqual(["listing.cancelled", "listing.relisted"]);
  world.cancel(second.id);
  world.list(id);
  upstream.fail("notFoundByProxy", { at: ({ path }) => path.endsWith(second.id), times: 2 });
  expect((await upstream.poll()).kinds).toEqual([]);
  expect((await upstream.poll()).kinds).toEqual(["listing.relisted"]); // the second time it is believed
});

test("a stock item that cannot be found once is not removed", async () => {
  await using upstream = givenUpstream();
  const { id } = upstream.world.add("10001");
  upstream.world.list(id);
  await upstream.poll();
  upstream.fail("notFoundByProxy", { at: isStock }); // the second look finds it
  expect((await upstream.poll()).kinds).toEqual([]);
  expect((await upstream.poll()).kinds).toEqual([]);
});

test("Retry-After is waited for; one of hours ends the run and says until when", async () => {
  await using upstream = await givenNews();
  upstream.fail("tooManyForSeconds", { at: isStock });
  expect((await upstream.poll()).error).toBeNull();
  expect(Math.max(...upstream.waits.waits)).toBe(7000);
  upstream.fail("tooManyForHours", { at: isSearch });
  const retryAt = upstream.waits.now() + 7_200_000;
  expect((await upstream.poll()).error).toMatchObject({ fault: "rate_limited", retryAt });
});

test("a body that drips in is waited for as long as a whole exchange may take", async () => {
  await using upstream = await givenNews();
  upstream.fail("dripping", { at: isStock, times: 2 });
  expect((await upstream.poll()).kinds.toSorted()).toEqual(NEWS);
});

test("a Date that is minutes off changes nothing", async () => {
  for (const minutes of [-10, 10]) {
    await using upstream = await givenNews();
    upstream.simulator.dateSkewMs = minutes * 60_000;
    upstream.fail("tooManyForSeconds", { at: isStock });
    expect((await upstream.poll()).kinds.toSorted()).toEqual(NEWS);
    expect(Math.max(...upstream.waits.waits)).toBe(7000);
  }
});

test("no error holds a credential or anything of a body", async () => {
  await using upstream = await givenNews();
  for (const [name] of lastingFaults) {
    for (const at of Object.values(operations)) {
      upstream.fail(name, { at, times: Number.POSITIVE_INFINITY });
      const { error } = await upstream.poll();
      const text = `${error} ${JSON.stringify(error)}`;
      expect(text).not.toMatch(/example password|Basic|Bea|bea\.buyer|DOCTYPE/);
      upstream.simulator.recover();
    }
  }
});

const faultOf = (error: unknown) => (error instanceof UpstreamError ? error.fault : error);
