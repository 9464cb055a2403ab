import { expect, test } from "bun:test";
import { privateAuto } from "../../../src/connectors/privateauto/privateauto.ts";
import { openTestConnection, pollOnce, TestMemory } from "../../support/connector-run.ts";
import { SECOND } from "../../support/test-app.ts";
import { TestClock } from "../../support/test-clock.ts";
import { HOUR, MINUTE, settingsFor, startSimulator } from "./given.ts";

/** An upstream with a connection to it, which no webhook ever reaches, on one clock. */
function givenUpstream(settings: Record<string, unknown> = {}) {
  const clock = new TestClock(Date.UTC(2026, 3, 21, 14));
  const simulator = startSimulator(clock);
  const { connection, clock: waits } = openTestConnection(
    privateAuto,
    { ...settingsFor(simulator), enrich: false, ...settings },
    {
      clock: Object.assign(Object.create(null), { now: clock.now, sleep: async () => {} }),
      seams: { clock },
    },
  );
  const memory = new TestMemory();
  return {
    clock,
    waits,
    simulator,
    connection,
    memory,
    /** Events of the upstream, told to nobody. */
    async emit(count: number) {
      const emitted = Array.from({ length: count }, (_, at) =>
        simulator.deliveries.emit("deal.created", { id: `${at}` }),
      );
      await simulator.deliveries.idle();
      return emitted;
    },
    poll: () => pollOnce(connection, memory),
    async [Symbol.asyncDispose]() {
      await simulator.stop();
    },
  };
}

test("whatever never arrived is told with its own id, whether it was skipped, failed or delivered there", async () => {
  await using upstream = givenUpstream();
  const [skipped] = await upstream.emit(1);
  upstream.simulator.deliveries.endpoint.url = "http://127.0.0.1:1/down";
  const [failed] = await upstream.emit(1);
  const elsewhere = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
  upstream.simulator.deliveries.endpoint.url = `http://127.0.0.1:${elsewhere.port}/`;
  const [delivered] = await upstream.emit(1);
  await elsewhere.stop(true);
  expect(upstream.simulator.deliveries.log.map(({ status }) => status)).toEqual([
    "skipped",
    "failed",
    "delivered",
  ]);
  const { drafts, isComplete } = await upstream.poll();
  expect(isComplete).toBe(true);
  const ids = [skipped, failed, delivered].map((webhook) => webhook?.eventId);
  expect(drafts.map(({ key }) => key).toSorted()).toEqual(ids.toSorted() as string[]);
  expect(drafts.map(({ payload }) => payload).toSorted()).toEqual(
    upstream.simulator.deliveries.webhooks.map(({ body }) => body).toSorted(),
  );
  expect((await upstream.poll()).drafts).toEqual([]);
});

test("the first look goes back a day, each other one an hour behind the last", async () => {
  await using upstream = givenUpstream();
  await upstream.emit(1);
  upstream.clock.advance(25 * HOUR);
  await upstream.emit(1);
  expect((await upstream.poll()).items).toBe(1);
  upstream.clock.advance(30 * MINUTE);
  await upstream.emit(1);
  upstream.clock.advance(SECOND);
  expect(await upstream.poll()).toMatchObject({ items: 2 });
  for (const items of [2, 0]) {
    upstream.clock.advance(2 * HOUR);
    expect(await upstream.poll()).toMatchObject({ items, isComplete: true });
  }
  await using far = givenUpstream({ lookBackHours: 48 });
  await far.emit(1);
  far.clock.advance(25 * HOUR);
  expect((await far.poll()).items).toBe(1);
});

test("every page is read, also where more is sent meanwhile", async () => {
  await using upstream = givenUpstream();
  const sent = await upstream.emit(250);
  upstream.clock.advance(SECOND);
  const { drafts, pages } = await upstream.poll();
  expect([drafts.length, pages]).toEqual([250, 3]);
  expect(new Set(drafts.map(({ key }) => key))).toEqual(new Set(sent.map(({ eventId }) => eventId)));
});

test("a look that fails in the middle keeps what it has read, and the next one begins where it did", async () => {
  await using upstream = givenUpstream();
  await upstream.emit(250);
  upstream.clock.advance(SECOND);
  upstream.simulator.fail("serverError", { at: ({ query }) => query.get("_page") === "1", times: 5 });
  const partial = await upstream.poll();
  expect([partial.isComplete, partial.drafts.length]).toEqual([false, 100]);
  expect(upstream.memory.cursor).toBeNull();
  const whole = await upstream.poll();
  expect([whole.isComplete, whole.drafts.length]).toEqual([true, 150]);
});

test("a list that goes round ends, and entries without their payload are read one by one", async () => {
  await using upstream = givenUpstream();
  const [webhook] = await upstream.emit(1);
  const entry = upstream.simulator.deliveries.log[0];
  const whole = JSON.stringify(entry);
  const asked: string[] = [];
  const odd = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (pathname.endsWith(entry?.id ?? "")) return new Response(whole);
      const { payload: _, ...bare } = JSON.parse(whole);
      return Response.json({
        data: [bare, { id: "x", event: "deal.created", payload: {} }, 7],
        _meta: { hasMore: true },
      });
    },
  });
  const { connection } = openTestConnection(privateAuto, {
    ...settingsFor(upstream.simulator),
    baseUrl: `http://127.0.0.1:${odd.port}`,
  });
  const run = await pollOnce(connection, upstream.memory);
  await odd.stop(true);
  expect(run.drafts.map(({ key }) => key)).toEqual([webhook?.eventId ?? ""]);
  expect(asked.filter((path) => path.endsWith("partner-acme"))).toHaveLength(2);
});

test("what is wrong is told by its kind", async () => {
  await using upstream = givenUpstream();
  const faults = [
    ["unauthorized", "bad_credentials"],
    ["forbidden", "refused"],
    ["tooMany", "rate_limited"],
    ["serverError", "server_error"],
    ["htmlPage", "malformed"],
  ] as const;
  for (const [failure, fault] of faults) {
    upstream.simulator.fail(failure, { times: 5 });
    expect([failure, (await upstream.poll()).error]).toMatchObject([failure, { fault }]);
    upstream.simulator.recover();
  }
});
