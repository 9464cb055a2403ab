import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Log } from "../../src/log.ts";
import {
  givenToy,
  givenToyCustomer,
  newsAt,
  poll,
  readConnector,
  runsOf,
  startToyHub,
  toyBody,
} from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, type TestApp } from "../support/test-app.ts";
import { startToyUpstream, type ToyUpstream } from "../support/toy-upstream.ts";

const MINUTE = 60 * SECOND;
const items = (...ids: string[]) => ids.map((id) => ({ id, version: 1 }));
const pollByHand = (app: TestApp, token: string) =>
  app.call("POST", "/connectors/toys/poll", { auth: token });

/** The events of toys on disk, in the order of their admission. */
function eventsIn({ dataDir }: TestApp): string[] {
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  const rows = sqlite
    .query<{ type: string; payload: string }, []>(
      "SELECT event_type AS type, payload FROM events ORDER BY id",
    )
    .all();
  return rows.map(({ type, payload }) => `${type.replace("toy.item.", "")} ${JSON.parse(payload).id}`);
}

/** From now on the upstream's answers wait; each call of what is returned lets those that wait go. */
function held(upstream: ToyUpstream, path: string): () => void {
  let gate = Promise.withResolvers<null>();
  upstream.trouble(async (_, url) => (url.pathname + url.search === path ? gate.promise : null));
  return () => {
    gate.resolve(null);
    gate = Promise.withResolvers<null>();
  };
}

test("polls that are asked for at once come one after another, and each sees what was there when it was asked for", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  const letGo = held(upstream, "/items?page=1&size=2");
  const first = pollByHand(app, token);
  await upstream.got(2);
  upstream.items = items("a", "b"); // too late for the first
  const others = [pollByHand(app, token), pollByHand(app, token)];
  await Bun.sleep(50);
  expect(upstream.asked).toHaveLength(2);
  letGo();
  await upstream.got(3);
  letGo();
  const runs = (await Promise.all([first, ...others])).map((answer) => answer.json());
  expect(runs.map(({ complete }) => complete)).toEqual([true, true, true]);
  expect(runs[1].runId).not.toBe(runs[0].runId);
  expect(runs[2]).toEqual(runs[1]); // they share the one after
  expect(upstream.mostAtOnce).toBe(1);
  expect(await runsOf(app, token)).toHaveLength(2);
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1", "created b 1"]);
});

test("the schedule skips its times while a run is under way", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver });
  const letGo = held(upstream, "/items?page=1&size=2");
  app.clock.moveTo(Date.parse(connector.nextRunAt ?? ""));
  await upstream.got(2);
  expect(await readConnector(app, token)).toMatchObject({ status: "active", nextRunAt: null });
  app.clock.advance(20 * SECOND);
  expect(await runsOf(app, token)).toMatchObject([{ status: "running", complete: false, finishedAt: null }]);
  letGo();
  await app.idle();
  expect(await runsOf(app, token)).toMatchObject([{ status: "complete", askedBy: "schedule" }]);
  await app.advance(4 * MINUTE);
  expect(upstream.asked).toHaveLength(2);
});

test("a poll that takes more than 200 s is answered with the run as it is, and goes on", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a", "b", "c"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  upstream.trouble((_, url) =>
    url.pathname === "/items" ? new Response("", { status: 503, headers: { "retry-after": "55" } }) : null,
  );
  const answer = pollByHand(app, token);
  await upstream.got(2);
  for (let tries = 3; tries <= 5; tries++) {
    await app.idle();
    app.clock.advance(55 * SECOND);
    await upstream.got(tries);
  }
  await app.idle();
  app.clock.advance(40 * SECOND);
  const { status, json } = await answer;
  expect([status, json().status, json().complete]).toEqual([202, "running", false]);
  upstream.trouble(null);
  await app.advance(20 * SECOND);
  expect(await runsOf(app, token)).toMatchObject([{ runId: json().runId, status: "complete", events: 3 }]);
});

test("what was read before the upstream failed is kept, nothing is taken for gone, and the next run finishes", async () => {
  await using app = await startToyHub({ seams: { random: () => 0.5 } });
  await using upstream = startToyUpstream(items("a", "b", "c", "d", "e"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  await poll(app, token);
  upstream.items = [{ id: "a", version: 2 }, ...items("c", "d", "e")]; // b is gone
  upstream.trouble((_, url) => (url.search.includes("page=2") ? new Response("no", { status: 400 }) : null));
  const failed = await poll(app, token);
  expect(failed).toMatchObject({
    complete: false,
    status: "failed",
    pages: 1,
    items: 2,
    events: 1,
    requests: 2,
    error: { code: "refused", message: "the upstream refused the request: HTTP 400" },
  });
  await app.idle();
  expect(newsAt(receiver).slice(5)).toEqual(["updated a 2"]);
  upstream.trouble(null);
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 1 });
  await app.idle();
  expect(newsAt(receiver).slice(6)).toEqual(["removed b 1"]);
});

test("a failing upstream is asked less and less often, until it is well again", async () => {
  await using app = await startToyHub({ seams: { random: () => 0.5 } });
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  upstream.trouble(() => new Response("no", { status: 400 }));
  await poll(app, token);
  const waits: number[] = [];
  for (let failures = 1; failures <= 9; failures++) {
    const { status, nextRunAt, lastError } = await readConnector(app, token);
    expect([status, lastError?.code]).toEqual(["failing", "refused"]);
    const waitMs = Date.parse(nextRunAt ?? "") - app.clock.now();
    waits.push(waitMs / SECOND);
    await app.advance(waitMs);
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1800, 1800]);
  upstream.trouble(null);
  await app.advance(30 * MINUTE);
  const { status, lastSuccessAt, lastError } = await readConnector(app, token);
  expect([status, lastSuccessAt !== null, lastError?.code]).toEqual(["active", true, "refused"]);
  expect(newsAt(receiver)).toEqual(["created a 1"]);
});

test("an upstream that names a time is not asked before", async () => {
  await using app = await startToyHub({ seams: { random: () => 0.5 } });
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  upstream.trouble(() => new Response("", { status: 429, headers: { "retry-after": "7200" } }));
  const run = await poll(app, token);
  expect([run.requests, run.error?.code]).toEqual([1, "rate_limited"]); // not even a second try in this run
  expect(await readConnector(app, token)).toMatchObject({
    status: "failing",
    nextRunAt: "2026-01-01T02:00:15.000Z",
  });
  upstream.trouble(null);
  await app.advance(119 * MINUTE);
  expect(upstream.asked).toHaveLength(2);
  await app.advance(2 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1"]);
});

test("credentials that are refused twice in a row wait for a person, whose poll or new settings try again", async () => {
  await using app = await startToyHub({ seams: { random: () => 0.5 } });
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  upstream.trouble(() => new Response("", { status: 401 }));
  expect(await poll(app, token)).toMatchObject({ error: { code: "bad_credentials" } });
  expect((await readConnector(app, token)).nextRunAt).not.toBeNull(); // it may be for a moment only
  await app.advance(MINUTE);
  const refused = await readConnector(app, token);
  expect(refused).toMatchObject({
    status: "failing",
    nextRunAt: null,
    lastError: {
      code: "bad_credentials",
      message: expect.stringContaining("does not take these credentials"),
    },
  });
  const asked = upstream.asked.length;
  await app.advance(24 * 60 * MINUTE);
  expect(upstream.asked).toHaveLength(asked);
  expect(await poll(app, token)).toMatchObject({ complete: false });
  upstream.trouble(null);
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 1 });
  expect(await readConnector(app, token)).toMatchObject({ status: "active", nextRunAt: expect.any(String) });

  upstream.trouble(() => new Response("", { status: 401 }));
  await poll(app, token);
  await poll(app, token);
  expect((await readConnector(app, token)).nextRunAt).toBeNull();
  upstream.trouble(null);
  await app.call("PUT", "/connectors/toys", { auth: token, body: toyBody(upstream) });
  expect(await readConnector(app, token)).toMatchObject({ status: "active", nextRunAt: expect.any(String) });
});

test("a path that the upstream does not know waits for a person at once", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  upstream.trouble((_, url) => (url.pathname === "/items" ? new Response("", { status: 404 }) : null));
  await app.advance(6 * MINUTE);
  expect(await readConnector(app, token)).toMatchObject({
    status: "failing",
    nextRunAt: null,
    lastError: { code: "not_a_service", message: expect.stringContaining("check the base URL and paths") },
  });
});

test("a name that turns to a private address after it was saved is not called", async () => {
  let addresses = ["127.0.0.1"];
  await using app = await startToyHub({ seams: { resolve: async () => addresses } });
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const url = upstream.url.replace("127.0.0.1", "toys.example.com");
  const { token } = await givenToyCustomer(app, { upstream: { ...upstream, url }, receiver });
  expect(await poll(app, token)).toMatchObject({ complete: true });
  for (const rebound of [["10.0.0.1"], ["127.0.0.1", "169.254.169.254"]]) {
    addresses = rebound;
    const asked = upstream.asked.length;
    expect(await poll(app, token)).toMatchObject({
      error: { code: "blocked", message: "lanehook does not call this address: private address" },
    });
    expect(upstream.asked).toHaveLength(asked);
  }
  expect((await readConnector(app, token)).nextRunAt).toBeNull();
});

test("a run that takes longer than it may ends there, and keeps what it has read", async () => {
  await using app = await startToyHub({ env: { RUN_DEADLINE: "20" } });
  await using upstream = startToyUpstream(items("a", "b", "c"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  held(upstream, "/items?page=2&size=2");
  const run = poll(app, token);
  await upstream.got(3);
  app.clock.advance(20 * SECOND);
  expect(await run).toMatchObject({
    status: "failed",
    events: 2,
    error: { code: "timeout", message: "the upstream did not answer in time: the run took longer than 20 s" },
  });
});

test("a silent initial scan tells nothing of what was there, and everything from then on", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a", "b", "c"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver, settings: { initialScan: "silent" } });
  upstream.trouble((_, url) => (url.search.includes("page=2") ? new Response("no", { status: 400 }) : null));
  expect(await poll(app, token)).toMatchObject({ complete: false, events: 0 });
  upstream.trouble(null);
  upstream.touch("a");
  expect(await poll(app, token)).toMatchObject({ complete: true, items: 3, events: 0 });
  upstream.touch("a");
  upstream.touch("d");
  upstream.drop("b");
  expect(await poll(app, token)).toMatchObject({ events: 3 });
  await app.idle();
  expect(newsAt(receiver)).toEqual(["updated a 3", "created d 1", "removed b 1"]);
});

test("a step that the disk does not take is read again, and nothing is lost or told twice", async () => {
  const facts: string[] = [];
  let lock: Database | null = null;
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error(fact) {
      facts.push(fact);
      if (facts.length === 2) lock?.run("ROLLBACK"); // the disk is well again
    },
  };
  await using app = await startToyHub({ log });
  await using upstream = startToyUpstream(items("a", "b", "c"));
  const { token } = await app.givenCustomer();
  await givenToy(app, token, upstream);
  upstream.trouble((_, url) => {
    if (url.search.includes("page=2") && lock === null) {
      lock = new Database(join(app.dataDir, "lanehook.db"));
      lock.run("BEGIN IMMEDIATE"); // another program holds the file: for the hub it cannot be written
    }
    return null;
  });
  const failed = poll(app, token);
  await upstream.got(3);
  while (facts.length < 3) await Bun.sleep(10);
  app.clock.advance(5 * SECOND); // its end is written again
  expect(await failed).toMatchObject({ status: "failed", pages: 1, events: 2, error: { code: "not_ready" } });
  expect(facts).toEqual(["database.failed", "database.failed", "connector.unwritten"]);
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 1 });
  expect(eventsIn(app)).toEqual(["created a", "created b", "created c"]);
}, 30_000);

test("while the disk is nearly full, nothing new is taken, and nothing forgotten", async () => {
  let freeBytes = 1e12;
  await using app = await startToyHub({ seams: { freeBytes: () => freeBytes, random: () => 0.5 } });
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  freeBytes = 0;
  app.clock.advance(2 * SECOND);
  expect(await poll(app, token)).toMatchObject({ status: "failed", events: 0, error: { code: "disk_low" } });
  freeBytes = 1e12;
  await app.advance(2 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1"]);
});

test("a disabled customer's connectors are not polled, and a run under way ends", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a", "b", "c"));
  await using receiver = startReceiver();
  const { token, email, apiKey } = await givenToyCustomer(app, { upstream, receiver });
  held(upstream, "/items?page=2&size=2");
  const answer = pollByHand(app, token);
  await upstream.got(3);
  await app.app.operator.disable(email);
  expect((await answer).json()).toMatchObject({ status: "cut off", events: 2, complete: false });
  upstream.trouble(null);
  const asked = upstream.asked.length;
  await app.advance(60 * MINUTE);
  expect(upstream.asked).toHaveLength(asked);
  await app.app.operator.enable(email);
  await app.advance(6 * MINUTE);
  const list = await app.call("GET", "/connectors/toys/runs", { headers: { "x-api-key": apiKey } });
  expect(list.json().runs.at(-2)).toMatchObject({ complete: true, events: 1, askedBy: "schedule" });
});

test("a change or the end of a connector ends its run", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a", "b", "c"));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  held(upstream, "/items?page=2&size=2");
  const first = pollByHand(app, token);
  await upstream.got(3);
  await app.call("PUT", "/connectors/toys", { auth: token, body: toyBody(upstream) });
  expect((await first).json()).toMatchObject({
    status: "cut off",
    error: { code: "cut_off", message: "the connector was changed" },
  });
  expect(await readConnector(app, token)).toMatchObject({ status: "active", lastError: null });
  const second = pollByHand(app, token);
  await upstream.got(6);
  const third = pollByHand(app, token);
  await app.call("DELETE", "/connectors/toys", { auth: token });
  expect((await second).json()).toMatchObject({ status: "cut off" });
  expect(problemIn(await third)).toBe("404 connector_not_found");
});
