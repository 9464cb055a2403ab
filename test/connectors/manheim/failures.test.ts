import { expect, test } from "bun:test";
import { UpstreamError } from "../../../src/connectors/upstream-error.ts";
import type { Plan } from "../../../src/simulators/manheim/faults.ts";
import { TestClock } from "../../support/test-clock.ts";
import { type GivenManheim, givenManheim, told } from "./manheim-world.ts";

const MINE = "/consignments/mine";
const SECOND_PAGE: Plan = { path: MINE, after: 1 };

/** Seven consignments on three pages. */
const givenThreePages = (settings: Record<string, unknown> = {}) =>
  givenManheim({ consignments: 7, settings: { pageSize: 3, ...settings } });

/** Each of the world's consignments was told once, and nothing else. */
function expectEachToldOnce({ memory, world }: GivenManheim): void {
  expect(memory.admitted.map(({ eventType }) => eventType)).toEqual(
    world.ids.map(() => "manheim.consignments.created"),
  );
  expect(
    told(memory.admitted)
      .map(([, id]) => id)
      .sort(),
  ).toEqual([...world.ids].sort());
}

const fault = (error: unknown) => (error instanceof UpstreamError ? error.fault : error);

test.each<[string, Plan]>([
  ["a token that has ended, told with 401", { fault: "expired" }],
  ["a token that has ended, told with 403", { fault: "inactive" }],
  ["too many queries with Retry-After", { fault: "over-qps", retryAfter: 1 }],
  ["too many queries without Retry-After", { fault: "over-qps", times: 3 }],
  ["a burst of 500", { fault: "server-error", times: 3 }],
  ["a burst of 503", { fault: "unavailable", times: 2, retryAfter: 5 }],
  ["a proxy's page with 200", { fault: "html-200" }],
  ["JSON that is cut off", { fault: "truncated" }],
  ["a connection that breaks off", { fault: "broken-off", times: 2 }],
  ["an item twice on a page", { fault: "duplicate" }],
])("%s in mid-paging is got over within the run, at the same page", async (_, plan) => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ ...SECOND_PAGE, ...plan });
  expect(await given.poll()).toMatchObject({ isComplete: true, error: null, pages: 3 });
  expectEachToldOnce(given);
  expect(given.simulator.requests.filter((request) => request.endsWith(`${MINE}?limit=3`))).toHaveLength(1);
});

test.each<[string, Plan, Record<string, unknown>]>([
  [
    "expired",
    { fault: "expired", times: 2 },
    { fault: "bad_credentials", isConfiguration: true, status: 401 },
  ],
  [
    "inactive",
    { fault: "inactive", times: 2 },
    { fault: "bad_credentials", upstreamCode: "ERR_403_DEVELOPER_INACTIVE", status: 403 },
  ],
  ["over-qps", { fault: "over-qps", times: 5, retryAfter: 2 }, { fault: "rate_limited", status: 403 }],
  [
    "over-quota",
    { fault: "over-quota" },
    { fault: "quota_used_up", upstreamCode: "ERR_403_DEVELOPER_OVER_RATE" },
  ],
  ["not-authorized", { fault: "not-authorized" }, { fault: "refused", status: 403 }],
  [
    "not-a-service",
    { fault: "not-a-service" },
    { fault: "not_a_service", isConfiguration: true, status: 596 },
  ],
  ["server-error", { fault: "server-error", times: 5 }, { fault: "server_error", status: 500 }],
  ["unavailable", { fault: "unavailable", retryAfter: 900 }, { fault: "server_error", status: 503 }],
  ["html-200", { fault: "html-200", times: 5 }, { fault: "malformed", status: 200 }],
  ["truncated", { fault: "truncated", times: 5 }, { fault: "malformed", status: 200 }],
  ["broken-off", { fault: "broken-off", times: 50 }, { fault: "unreachable" }],
  ["foreign-next", { fault: "foreign-next" }, { fault: "foreign_link" }],
])(
  "%s that stays ends the run; the next goes on, and nothing is lost or told twice",
  async (_, plan, error) => {
    await using given = await givenThreePages();
    given.simulator.faults.add({ ...SECOND_PAGE, ...plan });
    const run = await given.poll();
    expect(run.error).toMatchObject(error);
    expect(run).toMatchObject({ isComplete: false, pages: plan.fault === "foreign-next" ? 2 : 1 });
    expect(run.error).not.toHaveProperty("message", expect.stringContaining("demo-"));
    given.simulator.faults.clear();
    expect(await given.poll()).toMatchObject({ isComplete: true });
    expectEachToldOnce(given);
  },
);

test("what a partial run did not reach is not removed", async () => {
  await using given = await givenThreePages();
  await given.poll();
  const last = given.world.ids.at(-1) ?? "";
  given.world.remove(last);
  given.simulator.faults.add({ ...SECOND_PAGE, fault: "server-error", times: 5 });
  expect((await given.poll()).drafts).toEqual([]);
  expect(told((await given.poll()).drafts)).toEqual([["removed", last]]);
});

test.each(["blank-404", "html-404"] as const)(
  "a collection that answers %s is a fault of the configuration",
  async (kind) => {
    await using given = await givenThreePages();
    given.simulator.faults.add({ path: MINE, fault: kind });
    expect((await given.poll()).error).toMatchObject({
      fault: "not_a_service",
      isConfiguration: true,
      status: 404,
    });
    expect(given.memory.admitted).toEqual([]);
  },
);

test.each([
  ["no-expiry", 1],
  ["camel-case", 1],
  ["standard", 2],
  ["text-expiry", 2],
] as const)("with the token form %s, two polls an hour apart ask for %d tokens", async (form, tokens) => {
  await using given = await givenThreePages();
  given.simulator.tokens.form = form;
  given.simulator.tokens.lifetimeMs = 2 * 3_600_000;
  await given.poll();
  given.clock.advance(3_600_000 + 3_541_000);
  expect(await given.poll()).toMatchObject({ isComplete: true });
  expect(given.simulator.tokens.issued).toBe(tokens);
  given.clock.advance(24 * 3_600_000);
  expect(await given.poll()).toMatchObject({ isComplete: true }); // and when it has ended in any case, at its first use
});

test("units that are read side by side renew a token once", async () => {
  await using given = await givenManheim({ consignments: 4 });
  given.simulator.faults.add({ path: "/units", run: () => given.simulator.tokens.expire() });
  expect(await given.poll()).toMatchObject({ isComplete: true });
  expect(given.simulator.tokens.issued).toBe(2);
  for (const { payload } of given.memory.admitted) expect(JSON.parse(payload).unit.vin).toHaveLength(17);
});

test("wrong credentials are tried once, and are a fault of the configuration with OAuth's code", async () => {
  await using given = await givenManheim({ settings: { password: "another" } });
  const error = await given.connection.check(new AbortController().signal).catch((thrown) => thrown);
  expect(error).toMatchObject({
    fault: "bad_credentials",
    upstreamCode: "invalid_grant",
    isConfiguration: true,
  });
  expect(error.message).not.toContain("another");
  expect(given.simulator.requests).toEqual(["POST /oauth2/token.oauth2"]);
});

test("a token endpoint that is elsewhere is a fault of the configuration", async () => {
  await using given = await givenManheim({ settings: { tokenPath: "/oauth/token" } });
  const check = given.connection.check(new AbortController().signal);
  await expect(check).rejects.toMatchObject({ fault: "not_a_service", status: 596 });
});

test("the grant and where tokens are issued are settings, and a refusal there is waited for", async () => {
  await using given = await givenManheim({
    settings: { grant: "client_credentials", tokenPath: "/oauth2/token" },
  });
  given.simulator.faults.add({ path: "/oauth2", fault: "over-qps", retryAfter: 1 });
  expect(await given.poll()).toMatchObject({ isComplete: true });
  const token = "POST /oauth2/token";
  expect(given.simulator.requests).toEqual([token, token, `GET ${MINE}?limit=100`]);
});

test("for a person, a refusal is not waited for", async () => {
  await using given = await givenManheim();
  given.simulator.faults.add({ path: MINE, fault: "over-qps", retryAfter: 1 });
  const check = given.connection.check(new AbortController().signal);
  await expect(check).rejects.toMatchObject({ fault: "rate_limited" });
  expect(given.clock.waits).toEqual([]);
});

test("a slow upstream is given up after 30 s without an answer, and asked again", async () => {
  const clock = new TestClock();
  await using given = await givenManheim({
    consignments: 2,
    wire: { hub: clock, simulator: new TestClock() },
  });
  const asked = Promise.withResolvers<void>();
  given.simulator.faults.add({ path: MINE, fault: "slow", run: asked.resolve });
  const polled = given.poll();
  await asked.promise;
  clock.advance(30_000);
  expect(await polled).toMatchObject({ isComplete: true });
  expectEachToldOnce(given);
  expect(given.simulator.requests.filter((request) => request.includes(MINE))).toHaveLength(2);
});

test("a body that drips is given up after 60 s", async () => {
  const clock = new TestClock();
  const headersCame = Promise.withResolvers<void>();
  const hub = {
    ...clock,
    setTimer(delayMs: number, run: () => void) {
      const cancel = clock.setTimer(delayMs, run);
      return () => {
        cancel();
        if (isDripping && delayMs === 30_000) headersCame.resolve();
      };
    },
  };
  await using given = await givenManheim({ consignments: 2, wire: { hub, simulator: new TestClock() } });
  let isDripping = false;
  given.simulator.faults.add({
    path: MINE,
    fault: "dripping",
    run: () => {
      isDripping = true;
    },
  });
  const polled = given.poll();
  await headersCame.promise;
  clock.advance(60_000);
  expect(await polled).toMatchObject({ isComplete: true });
  expectEachToldOnce(given);
});

test("an upstream whose clock is minutes off changes nothing", async () => {
  await using given = await givenThreePages();
  given.simulator.dateSkewMs = -7 * 60_000;
  await given.poll();
  given.clock.advance(1000);
  given.world.checkIn(given.world.ids[0] ?? "");
  given.simulator.dateSkewMs = 7 * 60_000;
  expect(told((await given.poll()).drafts)).toEqual([["checkedin", given.world.ids[0] ?? ""]]);
});

test("consignments without their optional blocks are told like any other", async () => {
  await using given = await givenThreePages();
  given.simulator.isSparse = true;
  expect(await given.poll()).toMatchObject({ isComplete: true });
  expectEachToldOnce(given);
  expect((await given.poll()).drafts).toEqual([]);
});

test("an item without href makes its page malformed, and nothing of it is told", async () => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ path: MINE, fault: "nameless-item" });
  expect(fault((await given.poll()).error)).toBe("malformed");
  expect(given.memory.admitted).toEqual([]);
});

test("a unit that cannot be read holds up no event, and a key without units asks once a run", async () => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ path: "/units", fault: "not-authorized", times: 100 });
  expect(await given.poll()).toMatchObject({ isComplete: true });
  expectEachToldOnce(given);
  expect(given.simulator.requests.filter((request) => request.includes("/units")).length).toBeLessThan(5);
  for (const { payload } of given.memory.admitted) expect(JSON.parse(payload)).not.toHaveProperty("unit");
});
