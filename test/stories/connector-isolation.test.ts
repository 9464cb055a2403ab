import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../src/log.ts";
import {
  givenToy,
  givenToyCustomer,
  newsAt,
  poll,
  readConnector,
  startToyHub,
  toyBody,
} from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, type TestApp } from "../support/test-app.ts";
import { startToyUpstream, TOY_TOKEN } from "../support/toy-upstream.ts";

const DAY = 86_400 * SECOND;
const items = (...ids: string[]) => ids.map((id) => ({ id, version: 1 }));

test("what a connector brings goes to its customer alone, now and by recovery", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  await using others = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  const other = await app.givenCustomer({ auctionIds: ["daanw"] });
  for (const eventType of ["*", "toy.*", "toy.item.created"]) {
    await app.givenSubscription(other.token, { url: others.url, eventType });
  }
  await app.givenSubscription(token, { url: receiver.url, eventType: "toy.*", environment: "production" });
  await poll(app, token);
  const recover = (auth: string) =>
    app.call("POST", "/subscriptions/sandbox/toy.*/recover", {
      auth,
      body: { since: "2025-12-31T00:00:00Z" },
    });
  app.clock.advance(SECOND);
  expect((await recover(other.token)).status).toBe(202);
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1"]); // once: not in the other environment
  expect(others.received).toEqual([]);
  expect(await app.deliveriesOf(other.token)).toEqual([]);
});

test("another customer cannot see, poll, change or end a connector, and has the name for itself", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver });
  const other = await app.givenCustomer();
  const asked = upstream.asked.length;
  const calls: [method: string, path: string, body?: object][] = [
    ["GET", "/connectors/toys"],
    ["GET", "/connectors/toys/runs"],
    ["POST", "/connectors/toys/poll"],
    ["PATCH", "/connectors/toys/status", { status: "paused" }],
    ["DELETE", "/connectors/toys"],
    ["GET", `/connectors/${connector.connectorId}`],
  ];
  for (const [method, path, body] of calls) {
    const answer = await app.call(method, path, { auth: other.token, body });
    expect([method, path, problemIn(answer)]).toEqual([method, path, "404 connector_not_found"]);
    expect(problemIn(await app.call(method, path, { body }))).toBe("401 missing_credentials");
  }
  expect((await app.call("GET", "/connectors", { auth: other.token })).json()).toEqual({ connectors: [] });
  expect(upstream.asked).toHaveLength(asked);
  const own = await givenToy(app, other.token, upstream);
  expect(own.connectorId).not.toBe(connector.connectorId);
  await app.call("DELETE", "/connectors/toys", { auth: other.token });
  expect(await readConnector(app, token)).toMatchObject({ connectorId: connector.connectorId });
});

test("a customer may have a hundred connectors", async () => {
  await using app = await startToyHub();
  const { token } = await app.givenCustomer();
  await using upstream = startToyUpstream();
  const put = (name: string) =>
    app.call("PUT", `/connectors/${name}`, { auth: token, body: toyBody(upstream) });
  const made = await Promise.all(Array.from({ length: 100 }, (_, n) => put(`toys-${n}`)));
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  const refused = await put("one-more");
  expect([problemIn(refused), refused.json().errors[0].path]).toEqual(["422 invalid_input", "name"]);
  expect((await put("toys-7")).status).toBe(201);
  await app.call("DELETE", "/connectors/toys-7", { auth: token });
  expect((await put("one-more")).status).toBe(201);
  expect(upstream.mostAtOnce).toBeLessThanOrEqual(8);
});

test("secrets stand in no answer, no log line and no file", async () => {
  const lines: string[] = [];
  const note = (fact: string, fields?: object) => void lines.push(JSON.stringify({ fact, ...fields }));
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const answers: string[] = [];
  const secrets = [TOY_TOKEN, "hook-key-9e2c"];
  await using app = await startToyHub({ log });
  await using upstream = startToyUpstream(items("a"));
  const { token } = await app.givenCustomer();
  const call = async (...args: Parameters<TestApp["call"]>) => {
    const answer = await app.call(...args);
    answers.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  const body = toyBody(upstream, { settings: { webhookKey: secrets[1] } });
  const made = await call("PUT", "/connectors/toys", { auth: token, body });
  await call("PUT", "/connectors/toys", { auth: token, body: { ...body, schedule: "no" } });
  await call("PUT", "/connectors/toys", {
    auth: token,
    body: { ...body, settings: { ...body.settings, pageSize: 0 } },
  });
  await call("GET", "/connectors", { auth: token });
  await call("POST", "/connectors/toys/poll", { auth: token });
  upstream.trouble(
    (request) => new Response(`you sent ${request.headers.get("authorization")}`, { status: 401 }),
  );
  await call("POST", "/connectors/toys/poll", { auth: token });
  await call("POST", "/connectors/toys/poll", { auth: token });
  const headers = { "x-toy-key": secrets[1] ?? "" };
  await call("POST", `/inbound/${made.json().connectorId}`, { headers, body: { id: 1 } });
  await call("GET", "/connectors/toys/runs", { auth: token });
  await call("GET", "/connectors/toys", { auth: token });
  await app.stop();
  const files = readdirSync(app.dataDir).map((name) => readFileSync(join(app.dataDir, name), "latin1"));
  expect(files.join("").length).toBeGreaterThan(100_000);
  for (const secret of secrets) {
    const base64 = Buffer.from(secret).toString("base64").slice(0, 12);
    for (const text of [...answers, ...lines, ...files]) {
      expect(text.includes(secret) || text.includes(base64)).toBe(false);
    }
  }
  expect(lines.some((line) => line.includes("connector.polled"))).toBe(true);
});

test("the settings of a connector open in no other", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items("a"));
  const { token } = await app.givenCustomer();
  await givenToy(app, token, upstream);
  await givenToy(app, token, upstream, { name: "others", settings: { token: "another" } });
  using sqlite = new Database(join(app.dataDir, "lanehook.db"));
  sqlite.run(
    "UPDATE connectors SET version = version + 1, secrets = (SELECT secrets FROM connectors WHERE name = 'toys') WHERE name = 'others'",
  );
  const run = await poll(app, token, "others");
  expect(run).toMatchObject({ status: "failed", requests: 0, error: { code: "internal_error" } });
});

test("what hangs on a deleted connector is swept away; a living one keeps its keys for good, and its latest runs", async () => {
  await using app = await startToyHub({ env: { RETENTION_DAYS: "1", DEDUPE_DAYS: "1" } });
  await using upstream = startToyUpstream(items("a", "b"));
  const { token } = await app.givenCustomer();
  for (const name of ["kept", "gone"]) {
    await givenToy(app, token, upstream, { name, schedule: "0 0 1 1 *" });
    await poll(app, token, name);
  }
  await app.call("DELETE", "/connectors/gone", { auth: token });
  using sqlite = new Database(join(app.dataDir, "lanehook.db"), { readonly: true });
  const count = (table: string) =>
    sqlite.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  const all = ["connectors", "connector_memory", "connector_runs", "dedupe_keys", "events"];
  expect(all.map(count)).toEqual([2, 4, 2, 4, 4]);
  await app.advance(2 * 60 * SECOND);
  expect(all.map(count)).toEqual([1, 2, 1, 2, 4]);
  await app.advance(2 * DAY);
  expect(all.map(count)).toEqual([1, 2, 0, 2, 0]);
  expect(await poll(app, token, "kept")).toMatchObject({ complete: true, events: 0 });
});
