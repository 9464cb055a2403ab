import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { MarkName } from "../../../src/connectors/dealerauction/dealerauction.ts";
import type { SeenRequest } from "../../../src/simulators/dealerauction/dealerauction.ts";
import { type FailureName, failures } from "../../../src/simulators/dealerauction/failures.ts";
import type { World } from "../../../src/simulators/dealerauction/world.ts";
import { givenUpstream, seeded } from "./given.ts";

const isPost = ({ method }: SeenRequest) => method === "POST";
const isGet = ({ method }: SeenRequest) => method === "GET";
const always = Number.POSITIVE_INFINITY;

/** A listing with one bid of 3000, provisional. */
function givenProvisional() {
  const upstream = givenUpstream();
  const { world, connection, simulator } = upstream;
  const { id } = world.add("10001");
  const listing = world.list(id);
  world.bid(listing.id, 3000);
  world.end(listing.id);
  const sent: unknown[] = [];
  const { signal } = new AbortController();
  const request = { listingId: listing.id, salePrice: 4500 };
  return {
    ...upstream,
    listing,
    sent,
    perform: (name: MarkName = "mark-as-sold") => {
      const sending = async (before: string) => void sent.push(JSON.parse(before));
      return connection.commands[name].perform(request, { sending, signal });
    },
    lookUp: (name: MarkName = "mark-as-sold", before = "PROVISIONAL") =>
      connection.commands[name].lookUp(request, JSON.stringify({ status: before }), signal),
    posts: () => simulator.requests.filter(isPost).length,
  };
}

describe("marking as sold", () => {
  test("reads, sends once, and answers with the listing as it is now", async () => {
    await using upstream = givenProvisional();
    const verdict = await upstream.perform();
    expect(verdict).toMatchObject({ outcome: "done" });
    expect(JSON.parse(verdict.outcome === "done" ? verdict.answer : "")).toMatchObject({
      status: "SOLD",
      sale: { price: 4500 },
    });
    expect(upstream.sent).toEqual([{ status: "PROVISIONAL" }]);
    expect(upstream.requests()).toEqual({ "GET listings": 1, "POST mark-as-sold": 1 });
  });

  test("sends nothing before it is on disk that it will", async () => {
    await using upstream = givenProvisional();
    const { simulator, connection, listing } = upstream;
    const written = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const performed = connection.commands["mark-as-sold"].perform(
      { listingId: listing.id, salePrice: 4500 },
      {
        sending() {
          asked.resolve();
          return written.promise;
        },
        signal: new AbortController().signal,
      },
    );
    await asked.promise;
    await fetch(simulator.url); // whatever was sent before this is there by now
    expect(upstream.posts()).toBe(0);
    written.resolve();
    expect(await performed).toMatchObject({ outcome: "done" });
    expect(upstream.posts()).toBe(1);
  });

  const otherStates: [string, (world: World, listingId: string) => unknown][] = [
    ["IN_PROGRESS", (world, id) => Object.assign(world.listing(id) ?? {}, { status: "IN_PROGRESS" })],
    ["SOLD", (world, id) => world.markAsSold(id, 4500)],
    ["NOT_SOLD", (world, id) => world.markAsNotSold(id)],
    ["CANCELLED", (world, id) => world.cancel(id)],
  ];
  for (const [status, bring] of otherStates) {
    test(`sends nothing where the listing is ${status}`, async () => {
      await using upstream = givenProvisional();
      bring(upstream.world, upstream.listing.id);
      expect(await upstream.perform()).toMatchObject({
        outcome: "refused",
        code: "listing_state",
        found: { status, bids: 1 },
      });
      expect([upstream.posts(), upstream.sent]).toEqual([0, []]);
    });
  }

  test("sends nothing where nobody has bid", async () => {
    await using upstream = givenProvisional();
    upstream.listing.bids = [];
    expect(await upstream.perform()).toMatchObject({ code: "listing_state", found: { bids: 0 } });
    expect(upstream.posts()).toBe(0);
  });

  const lostAfter = [
    "silenceAfter",
    "brokenOffAfter",
    "badGatewayAfter",
    "serverErrorAfter",
    "htmlPageAfter",
    "truncated",
    "slow",
  ] as const;
  for (const name of lostAfter) {
    test(`${name}: the sale was made, and reading tells so`, async () => {
      await using upstream = givenProvisional();
      upstream.fail(name, { at: isPost });
      expect(await upstream.perform()).toMatchObject({ outcome: "done" });
      expect(upstream.posts()).toBe(1);
      expect(upstream.listing).toMatchObject({ status: "SOLD", soldFor: 4500 });
    });
  }

  for (const name of ["silence", "brokenOff", "badGateway", "serverError"] as const) {
    test(`${name}: the sale was not made, reading tells so, and nothing is sent again`, async () => {
      await using upstream = givenProvisional();
      upstream.fail(name, { at: isPost });
      expect(await upstream.perform()).toMatchObject({
        outcome: "not-done",
        code: "upstream_failed",
        found: { status: "PROVISIONAL", bids: 1, salePrice: null },
      });
      expect(upstream.posts()).toBe(1);
      expect(upstream.listing.status).toBe("PROVISIONAL");
    });
  }

  test("a success that cannot be read, and of which the listing shows nothing, stays unknown", async () => {
    await using upstream = givenProvisional();
    upstream.fail("htmlPage", { at: isPost });
    expect(await upstream.perform()).toMatchObject({ outcome: "unknown", found: { status: "PROVISIONAL" } });
    expect(upstream.posts()).toBe(1);
  });

  test("a sale that shows only after a while is found", async () => {
    await using upstream = givenProvisional();
    const { simulator, world, listing } = upstream;
    upstream.fail("silence", { at: isPost });
    let reads = 0;
    simulator.beforeEach = (request) => {
      if (isGet(request) && ++reads === 4) world.markAsSold(listing.id, 4500);
    };
    expect(await upstream.perform()).toMatchObject({ outcome: "done" });
    expect(upstream.posts()).toBe(1);
  });

  for (const [price, what] of [
    [4600, { outcome: "refused", code: "listing_state", found: { status: "SOLD", salePrice: 4600 } }],
    [null, { outcome: "unknown", code: "upstream_failed", found: { status: "SOLD", salePrice: null } }],
  ] as const) {
    test(`after a lost answer a listing that is sold at ${price} is ${what.outcome}`, async () => {
      await using upstream = givenProvisional();
      upstream.fail("badGateway", { at: isPost });
      upstream.simulator.beforeEach = (request) => {
        if (isPost(request)) Object.assign(upstream.listing, { status: "SOLD", soldFor: price });
      };
      expect(await upstream.perform()).toMatchObject(what);
    });
  }

  test("what cannot be learned is unknown, and learned later by reading alone", async () => {
    await using upstream = givenProvisional();
    const { simulator } = upstream;
    upstream.fail("silenceAfter", { at: isPost });
    simulator.beforeEach = (request) => {
      if (isPost(request)) upstream.fail("serverError", { at: isGet, times: always });
    };
    expect(await upstream.perform()).toMatchObject({ outcome: "unknown", code: "upstream_failed" });
    await expect(upstream.lookUp()).rejects.toMatchObject({ fault: "server_error" });
    simulator.recover();
    expect(await upstream.lookUp()).toMatchObject({ outcome: "done" });
    expect(upstream.posts()).toBe(1);
  });

  const refusals: [FailureName, string, number][] = [
    ["forbidden", "upstream_forbidden", 403],
    ["forbiddenByProxy", "upstream_forbidden", 403],
    ["notFound", "upstream_not_found", 404],
    ["conflict", "upstream_conflict", 409],
    ["unauthorized", "upstream_failed", 401],
    ["tooManyForSeconds", "upstream_failed", 429],
  ];
  for (const [name, code, status] of refusals) {
    test(`${name}: the upstream's no is passed on in its words, and nothing is read or sent after it`, async () => {
      await using upstream = givenProvisional();
      upstream.fail(name, { at: isPost });
      expect(await upstream.perform()).toMatchObject({ code, upstream: { status } });
      expect(upstream.requests()).toEqual({ "GET listings": 1, "POST mark-as-sold": 1 });
    });
  }

  test("the upstream's error code and message come along", async () => {
    await using upstream = givenProvisional();
    const { simulator, world, listing } = upstream;
    simulator.beforeEach = (request) => {
      if (isPost(request)) world.markAsNotSold(listing.id);
    };
    expect(await upstream.perform()).toEqual({
      outcome: "refused",
      code: "upstream_bad_request",
      detail: "The upstream answered 400: The listing is NOT_SOLD.",
      upstream: { status: 400, errorCode: "INVALID_STOCK_ITEM", message: "The listing is NOT_SOLD" },
    });
  });

  test("where the listing cannot be read first, nothing is sent", async () => {
    for (const name of ["unauthorized", "notFound", "serverError", "silence", "htmlPage"] as const) {
      await using upstream = givenProvisional();
      upstream.fail(name, { at: isGet, times: always });
      await expect(upstream.perform()).rejects.toMatchObject({ name: "UpstreamError" });
      expect([upstream.posts(), upstream.sent]).toEqual([0, []]);
    }
  });

  test("where reading takes so long that the end could not be learned, nothing is sent", async () => {
    await using upstream = givenProvisional();
    upstream.fail("tooManyForSeconds", { at: isGet, times: 4 });
    upstream.waits.sleep = async () => upstream.waits.advance(15_000);
    expect(await upstream.perform()).toMatchObject({ outcome: "not-done" });
    expect([upstream.posts(), upstream.sent]).toEqual([0, []]);
  });

  test("in 500 random exchanges it is sent once at most, and every outcome that is told is true", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), (seed) => round(seeded(seed))),
      { numRuns: 500, endOnFailure: true },
    );
  }, 60_000);
});

/** Any failures, in any order, at any request; the hub dies before or after any of them. */
async function round(random: () => number): Promise<void> {
  await using upstream = givenProvisional();
  const names = Object.keys(failures).filter((name) => name !== "huge") as FailureName[];
  let left = 1 + Math.floor(random() * 20);
  const crash = new AbortController();
  upstream.simulator.beforeEach = () => {
    if (left-- === 0) crash.abort(new Error("crash"));
    if (random() < 0.5) upstream.fail(names[Math.floor(random() * names.length)] ?? "silence");
  };
  const { connection, listing, simulator } = upstream;
  const sending = async () => void upstream.sent.push(null);
  const request = { listingId: listing.id, salePrice: 4500 };
  const verdict = await connection.commands["mark-as-sold"]
    .perform(request, { sending, signal: crash.signal })
    .catch(() => null);
  expect(upstream.posts()).toBeLessThanOrEqual(1);
  expect(upstream.posts()).toBeLessThanOrEqual(upstream.sent.length);
  const isSold = listing.status === "SOLD";
  if (verdict?.outcome === "done") expect(isSold).toBe(true);
  if (verdict?.outcome === "not-done" || verdict?.outcome === "refused") expect(isSold).toBe(false);
  simulator.recover();
  simulator.beforeEach = () => {};
  expect((await upstream.lookUp()).outcome).toBe(isSold ? "done" : "not-done");
  expect(upstream.posts()).toBeLessThanOrEqual(1);
}

describe("marking as not sold", () => {
  for (const from of ["PROVISIONAL", "SOLD"] as const) {
    test(`takes back what is ${from}, also where the answer is lost`, async () => {
      for (const name of [null, "silenceAfter", "badGatewayAfter", "truncated"] as const) {
        await using upstream = givenProvisional();
        if (from === "SOLD") upstream.world.markAsSold(upstream.listing.id, 4000);
        if (name !== null) upstream.fail(name, { at: isPost });
        expect(await upstream.perform("mark-as-not-sold")).toMatchObject({ outcome: "done" });
        expect(upstream.listing.status).toBe("NOT_SOLD");
        expect([upstream.sent, upstream.posts()]).toEqual([[{ status: from }], 1]);
      }
    });

    test(`leaves what is ${from} where nothing came of it`, async () => {
      await using upstream = givenProvisional();
      if (from === "SOLD") upstream.world.markAsSold(upstream.listing.id, 4000);
      upstream.fail("silence", { at: isPost });
      expect(await upstream.perform("mark-as-not-sold")).toMatchObject({
        outcome: "not-done",
        found: { status: from },
      });
    });
  }

  test("sends nothing in another state", async () => {
    await using upstream = givenProvisional();
    upstream.world.cancel(upstream.listing.id);
    expect(await upstream.perform("mark-as-not-sold")).toMatchObject({
      code: "listing_state",
      found: { status: "CANCELLED" },
    });
    expect(upstream.posts()).toBe(0);
  });

  test("tells what has become of it by other means", async () => {
    await using upstream = givenProvisional();
    upstream.fail("silence", { at: isPost });
    upstream.simulator.beforeEach = (request) => {
      if (isPost(request)) upstream.world.markAsSold(upstream.listing.id, 9000);
    };
    expect(await upstream.perform("mark-as-not-sold")).toMatchObject({
      outcome: "refused",
      found: { status: "SOLD", salePrice: 9000 },
    });
  });
});

describe("marking as provisional", () => {
  test("asks nothing beforehand: the upstream decides", async () => {
    await using upstream = givenProvisional();
    upstream.world.markAsNotSold(upstream.listing.id);
    expect(await upstream.perform("mark-as-provisional")).toMatchObject({ outcome: "done" });
    expect(upstream.requests()).toEqual({ "POST mark-as-provisional": 1 });
    upstream.world.cancel(upstream.listing.id);
    expect(await upstream.perform("mark-as-provisional")).toMatchObject({
      code: "upstream_bad_request",
      upstream: { message: "The listing is CANCELLED" },
    });
  });

  test("learns after a lost answer what became of it", async () => {
    for (const [name, outcome] of [
      ["silenceAfter", "done"],
      ["silence", "not-done"],
    ] as const) {
      await using upstream = givenProvisional();
      upstream.world.markAsNotSold(upstream.listing.id);
      upstream.fail(name, { at: isPost });
      expect(await upstream.perform("mark-as-provisional")).toMatchObject({ outcome });
      expect(upstream.posts()).toBe(1);
    }
  });

  test("is sent where the settings say", async () => {
    await using upstream = givenUpstream({ settings: { markAsProvisionalPath: "/v2/back/{listingId}" } });
    const { signal } = new AbortController();
    await upstream.connection.commands["mark-as-provisional"].perform(
      { listingId: "a b/c" },
      { sending: async () => {}, signal },
    );
    expect(upstream.simulator.requests.map(({ path }) => path)).toEqual(["/v2/back/a%20b%2Fc"]);
  });
});
