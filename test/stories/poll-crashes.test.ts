import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShownRun } from "../../src/intake/shown-connector.ts";
import {
  givenToyCustomer,
  newsAt,
  readConnector,
  runsOf,
  startToyHub,
  toyBody,
} from "../support/connector-hub.ts";
import { type HubProcess, startHubProcess, TOY_HUB } from "../support/hub-process.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { SECOND } from "../support/test-app.ts";
import { TestClock } from "../support/test-clock.ts";
import { startToyUpstream, type ToyUpstream } from "../support/toy-upstream.ts";

const CUT_OFF = { status: "cut off", complete: false, error: { code: "cut_off" } };
const ids = (count: number) => Array.from({ length: count }, (_, n) => `i${String(n).padStart(2, "0")}`);
const items = (count: number) => ids(count).map((id) => ({ id, version: 1 }));

test("a stop cuts a run off, and the next hub goes on where it was", async () => {
  await using before = await startToyHub();
  await using upstream = startToyUpstream(items(5));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(before, { upstream, receiver });
  upstream.trouble(async (_, url) => (url.search.includes("page=2") ? new Promise(() => {}) : null));
  const answer = before.call("POST", "/connectors/toys/poll", { auth: token });
  await upstream.got(3);
  await receiver.got(2);
  await before.stop();
  expect((await answer).json()).toMatchObject({
    ...CUT_OFF,
    pages: 1,
    events: 2,
    error: { message: "the hub was stopped while this run was under way" },
  });
  expect(newsAt(receiver)).toEqual(["created i00 1", "created i01 1"]);

  upstream.trouble(null);
  await using after = await startToyHub({ dataDir: before.dataDir, clock: before.clock });
  expect(await runsOf(after, token)).toMatchObject([CUT_OFF]);
  expect(await readConnector(after, token)).toMatchObject({ status: "active", lastError: null });
  await after.advance(30 * SECOND); // the hub was to blame, so it catches up at once
  expect(await runsOf(after, token)).toMatchObject([
    { complete: true, askedBy: "schedule", events: 3 },
    CUT_OFF,
  ]);
  expect(newsAt(receiver)).toEqual(ids(5).map((id) => `created ${id} 1`));
});

test("what came due while the hub was down is polled soon after the start, not all at once", async () => {
  await using before = await startToyHub();
  await using upstream = startToyUpstream(items(1));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(before, { upstream, receiver });
  for (const name of ["b", "c", "d"]) {
    await before.call("PUT", `/connectors/${name}`, { auth: token, body: toyBody(upstream) });
  }
  await before.stop();
  before.clock.advance(3600 * SECOND);
  await using after = await startToyHub({ dataDir: before.dataDir, clock: before.clock });
  await after.advance(30 * SECOND);
  const runs = await Promise.all(["toys", "b", "c", "d"].map((name) => runsOf(after, token, name)));
  const starts = runs.map(([run]) => run?.startedAt);
  expect(new Set(starts).size).toBe(4);
  expect(runs.map((each) => each.length)).toEqual([1, 1, 1, 1]);
});

test("a clock that was wrong puts no poll off for ever", async () => {
  await using before = await startToyHub();
  await using upstream = startToyUpstream(items(1));
  await using receiver = startReceiver();
  before.clock.advance(10 * 365 * 86_400 * SECOND); // ten years ahead
  const { token } = await givenToyCustomer(before, { upstream, receiver });
  await before.stop();
  await using after = await startToyHub({ dataDir: before.dataDir });
  const polled = await after.call("POST", "/connectors/toys/poll", { auth: token });
  expect(polled.status).toBe(200);
  await after.advance(6 * 60 * SECOND);
  expect(await runsOf(after, token)).toHaveLength(2);
});

test("where the clock is set back, polls keep their pace", async () => {
  const clock = new TestClock();
  let setBackMs = 0;
  const seams = { clock: Object.assign(Object.create(clock), { now: () => clock.now() - setBackMs }) };
  await using hub = await startToyHub({ clock, seams });
  await using upstream = startToyUpstream(items(1));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(hub, { upstream, receiver });
  await hub.advance(6 * 60 * SECOND);
  const before = await runsOf(hub, token);
  setBackMs = 3600 * SECOND;
  await hub.advance(10 * 60 * SECOND);
  expect(await runsOf(hub, token)).toHaveLength(before.length + 2);
});

test("after kill -9 between any two requests of a run, nothing is lost and nothing told twice", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-test-"));
  const start = () => startHubProcess({ DATA_DIR: dataDir, SIGNUP_LIMIT: "10" }, TOY_HUB);
  await using upstream = startToyUpstream(items(9));
  await using receiver = startReceiver();
  try {
    const token = await withHub(start, (hub) => givenToyAt(hub, { upstream, receiver }));
    for (let at = 1; at <= 4; at++) {
      await using hub = await start();
      const asked = upstream.asked.length;
      const polled = hub.call("POST", "/connectors/toys/poll", { auth: token }).catch(() => null);
      await upstream.got(asked + at);
      hub.kill("SIGKILL");
      await hub.exited;
      expect(await polled).toBeNull();
      upstream.touch(`i0${at}`);
    }
    const { last, runs } = await withHub(start, async (hub) => ({
      last: await hub.call("POST", "/connectors/toys/poll", { auth: token }),
      runs: (await hub.call("GET", "/connectors/toys/runs", { auth: token })).runs as ShownRun[],
    }));
    expect(last).toMatchObject({ complete: true, items: 9 });
    const [newest, ...killed] = runs.filter(({ askedBy }) => askedBy === "customer");
    expect([newest?.status, ...new Set(killed.map(({ status }) => status))]).toEqual(["complete", "cut off"]);
    const news = await told(start, { token, receiver });
    const counted = runs.reduce((sum, { events }) => sum + events, 0);
    expect(counted).toBe(news.size); // each run tells as many as it has brought
    for (const id of ids(9)) expect(news.has(`created ${id} 1`) || news.has(`created ${id} 2`)).toBe(true);
    for (const { id, version } of upstream.items) {
      expect(news.has(`created ${id} ${version}`) || news.has(`updated ${id} ${version}`)).toBe(true);
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 60_000);

async function withHub<T>(
  start: () => Promise<HubProcess>,
  work: (hub: HubProcess) => Promise<T>,
): Promise<T> {
  await using hub = await start();
  const result = await work(hub);
  hub.kill("SIGTERM");
  expect(await hub.exited).toBe(0);
  return result;
}

async function givenToyAt(
  hub: HubProcess,
  at: { upstream: ToyUpstream; receiver: Receiver },
): Promise<string> {
  const account = { email: "dealer@example.com", name: "Acme Auto", password: "correct horse battery" };
  const { token } = await hub.call("POST", "/auth/signup", { body: account });
  const subscription = { eventType: "toy.*", webhookUrl: at.receiver.url };
  await hub.call("PUT", "/subscriptions/sandbox", { auth: token, body: subscription });
  const body = toyBody(at.upstream, { schedule: "0 0 1 1 *" }); // polled by hand only
  await hub.call("PUT", "/connectors/toys", { auth: token, body });
  return token;
}

/** What was told, each event once, after all deliveries have succeeded; fails where one event became two. */
async function told(
  start: () => Promise<HubProcess>,
  { token, receiver }: { token: string; receiver: Receiver },
): Promise<Set<string>> {
  return withHub(start, async (hub) => {
    for (;;) {
      const { deliveries } = await hub.call("GET", "/deliveries?limit=200", { auth: token });
      if (deliveries.every(({ status }: { status: string }) => status === "success")) break;
      await Bun.sleep(20);
    }
    const byId = new Map(
      receiver.received.map((each, at) => [each.headers["webhook-id"], newsAt(receiver)[at] ?? ""]),
    );
    const news = new Set(byId.values());
    expect(news.size).toBe(byId.size);
    return news;
  });
}
