import { expect, test } from "bun:test";
import { roadster } from "../../../src/connectors/roadster/roadster.ts";
import { UpstreamError } from "../../../src/connectors/upstream-error.ts";
import type { FailureName } from "../../../src/simulators/roadster/failures.ts";
import { openTestConnection, pollOnce, TestMemory } from "../../support/connector-run.ts";
import { lastingFaults, passingFailures } from "../common-failures.ts";
import { givenUpstream, isSearch } from "./given.ts";

/** Of two cars that are known one is sold, and a third has come in: nobody has heard of it. */
async function givenNews(options: Parameters<typeof givenUpstream>[0] = {}) {
  const upstream = givenUpstream(options);
  const { world } = upstream;
  const sold = world.add("lakeside");
  world.add("lakeside");
  await upstream.poll();
  upstream.pass(3_600_000);
  world.change(sold, { isInStock: false });
  const added = world.add("lakeside");
  return { ...upstream, news: [`added ${added.vin}`, `removed ${sold.vin}`] };
}

for (const name of passingFailures) {
  test(`${name}: once, at any page, costs a further request and no event`, async () => {
    for (let nth = 1; nth <= 4; nth++) {
      await using upstream = await givenNews();
      let searches = 0;
      upstream.fail(name, { at: (request) => isSearch(request) && ++searches === nth });
      const run = await upstream.poll();
      expect({ nth, error: run.error, news: run.news.toSorted() }).toEqual({
        nth,
        error: null,
        news: upstream.news,
      });
      expect((await upstream.poll()).news).toEqual([]);
    }
  });
}

const lasting: readonly (readonly [FailureName, string])[] = [
  ...lastingFaults,
  ["badRequest", "refused"],
  ["errorWithin200", "refused"],
  ["notFound", "not_a_service"],
  ["notFoundByProxy", "not_a_service"],
];

for (const [name, fault] of lasting) {
  test(`${name}: while it lasts the run is partial, says ${fault} and removes nothing; then all is told once`, async () => {
    await using upstream = await givenNews();
    upstream.pass(7 * 86_400_000); // all is read again, which is where removals may come from
    let searches = 0;
    const at = (request: Parameters<typeof isSearch>[0]) => isSearch(request) && ++searches > 0;
    upstream.fail(name, { at, times: Number.POSITIVE_INFINITY });
    const partial = await upstream.poll();
    expect({ isComplete: partial.isComplete, fault: faultOf(partial.error) }).toEqual({
      isComplete: false,
      fault,
    });
    expect(partial.news).toEqual([]);
    upstream.simulator.recover();
    expect((await upstream.poll()).news.toSorted()).toEqual(upstream.news);
    expect((await upstream.poll()).news).toEqual([]);
  });
}

test("Retry-After is waited for; one of hours ends the run and says until when", async () => {
  await using upstream = await givenNews();
  upstream.fail("tooManyForSeconds", { at: isSearch });
  expect((await upstream.poll()).error).toBeNull();
  expect(Math.max(...upstream.waits.waits)).toBe(7000);
  upstream.fail("tooManyForHours", { at: isSearch });
  const retryAt = upstream.waits.now() + 7_200_000;
  expect((await upstream.poll()).error).toMatchObject({ fault: "rate_limited", retryAt });
});

test("an inventory that never ends is not read for ever", async () => {
  let pages = 0;
  const endless = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => Response.json({ vehicles: [{ vin: `K${++pages}` }] }),
  });
  const settings = { baseUrl: endless.url.href, apiKey: "key", dpids: ["lakeside"] };
  const run = await pollOnce(openTestConnection(roadster, settings).connection, new TestMemory());
  await endless.stop(true);
  expect(run.error).toMatchObject({ fault: "malformed", message: expect.stringContaining("does not end") });
  expect(pages).toBe(10_000);
}, 60_000);

test("the check shows whether the key works, and whether there is a Roadster at all", async () => {
  await using upstream = givenUpstream();
  const { signal } = new AbortController();
  await upstream.connection.check(signal);
  expect(upstream.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /dealers",
  ]);
  for (const [name, fault] of [
    ["unauthorized", "bad_credentials"],
    ["notFoundByProxy", "not_a_service"],
    ["htmlPage", "malformed"],
  ] as const) {
    upstream.fail(name);
    expect(await upstream.connection.check(signal).catch(faultOf)).toBe(fault);
  }
});

test("no error holds the key or anything of a body beyond the upstream's own words", async () => {
  await using upstream = await givenNews();
  for (const [name] of lasting) {
    upstream.fail(name, { at: isSearch, times: Number.POSITIVE_INFINITY });
    const { error } = await upstream.poll();
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/roadster-example-key|Bearer|DOCTYPE/);
    upstream.simulator.recover();
  }
});

const faultOf = (error: unknown) => (error instanceof UpstreamError ? error.fault : error);
