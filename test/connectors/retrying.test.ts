import { describe, expect, test } from "bun:test";
import type { Upstream, UpstreamAnswer } from "../../src/connectors/connector.ts";
import { getRetrying, LONGEST_RETRY_AFTER_MS, retryAtOf } from "../../src/connectors/retrying.ts";
import { UpstreamError, type UpstreamFault } from "../../src/connectors/upstream-error.ts";
import { HurriedClock } from "../support/connector-run.ts";

const NOW = Date.UTC(2026, 0, 1);

function answer(status: number, headers: Record<string, string> = {}, date: number | null = null) {
  return { status, headers: new Headers(headers), body: new Uint8Array(), date };
}

/** An upstream that gives these one after another. */
function giving(...results: (UpstreamAnswer | UpstreamFault)[]): Upstream {
  const left = [...results];
  return {
    async exchange() {
      const result = left.shift();
      if (result === undefined) throw new Error("asked more often than it has answers");
      if (typeof result === "string") throw new UpstreamError(result, "in this test");
      return result;
    },
  };
}

const call = { url: "/items", signal: new AbortController().signal };

/** What it came to, and the waits. */
async function outcomeOf(
  upstream: Upstream,
  random = () => 0.5,
  isTemporary?: (a: UpstreamAnswer) => boolean,
) {
  const clock = new HurriedClock(NOW);
  const result = await getRetrying({ upstream, clock, random }, call, isTemporary).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof UpstreamError ? error.fault : error),
  );
  return [result, ...clock.waits];
}

describe("asking again", () => {
  test("doubles the wait, of which chance takes a part, and gives up after five tries", async () => {
    const failing = Array<UpstreamAnswer>(5).fill(answer(500));
    expect(await outcomeOf(giving(...failing))).toEqual([500, 500, 1000, 2000, 4000]);
    expect(await outcomeOf(giving(...failing), () => 0)).toEqual([500, 0, 0, 0, 0]);
    expect(await outcomeOf(giving(...failing), () => 0.25)).toEqual([500, 250, 500, 1000, 2000]);
  });

  test.each<[given: (UpstreamAnswer | UpstreamFault)[], expected: unknown[]]>([
    [[answer(200)], [200]],
    [
      [answer(503), answer(200)],
      [200, 500],
    ],
    [
      [answer(429), answer(502), answer(204)],
      [204, 500, 1000],
    ],
    [
      ["unreachable", "timeout", answer(200)],
      [200, 500, 1000],
    ],
    [Array<UpstreamFault>(5).fill("unreachable"), ["unreachable", 500, 1000, 2000, 4000]],
    [["blocked"], ["blocked"]],
    [["foreign_link"], ["foreign_link"]],
    [["too_large"], ["too_large"]],
    [[answer(400)], [400]],
    [[answer(401)], [401]],
    [[answer(404)], [404]],
    [[answer(302)], [302]],
    [[answer(501)], [501]],
    [[answer(596)], [596]],
  ])("of %j comes %j", async (given, expected) => {
    expect(await outcomeOf(giving(...given))).toEqual(expected);
  });

  test("waits as long as the upstream asks, and no longer than a minute within a run", async () => {
    const asking = (seconds: string) => answer(429, { "retry-after": seconds });
    expect(await outcomeOf(giving(asking("7"), answer(200)))).toEqual([200, 7000]);
    expect(await outcomeOf(giving(asking("0"), answer(200)))).toEqual([200, 500]);
    expect(await outcomeOf(giving(asking("60"), answer(200)))).toEqual([200, 60_000]);
    expect(await outcomeOf(giving(asking("61")))).toEqual([429]);
  });

  test("takes for temporary what the kind says", async () => {
    const isTemporary = ({ status }: UpstreamAnswer) => status === 403;
    expect(await outcomeOf(giving(answer(403), answer(500)), () => 0.5, isTemporary)).toEqual([500, 500]);
  });

  test("ends with the signal's reason", async () => {
    const stopping = new AbortController();
    const clock = { now: () => NOW, sleep: async () => stopping.abort("stopped") };
    const asked = getRetrying(
      { upstream: giving(answer(500)), clock, random: () => 0.5 },
      { ...call, signal: stopping.signal },
    );
    await expect(asked).rejects.toBe("stopped");
  });
});

describe("when to ask again", () => {
  const inADay = NOW + LONGEST_RETRY_AFTER_MS;
  test.each<[header: string | null, upstreamsTime: number | null, expected: number | null]>([
    [null, null, null],
    ["90", null, NOW + 90_000],
    ["soon", null, null],
    ["Thu, 01 Jan 2026 00:01:00 GMT", null, NOW + 60_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", NOW + 45_000, NOW + 15_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", NOW - 600_000, NOW + 660_000],
    ["9999999999", null, inADay],
  ])("%p, where its clock shows %p", (header, date, expected) => {
    expect(retryAtOf(answer(429, header === null ? {} : { "retry-after": header }, date), NOW)).toBe(
      expected,
    );
  });
});
