import { expect, test } from "bun:test";
import { type Registry, registryOf } from "../../src/connectors/registry.ts";
import {
  givenToy,
  givenToyCustomer,
  newsAt,
  poll,
  readConnector,
  runsOf,
  startToyHub,
} from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, type TestApp } from "../support/test-app.ts";
import { toyKind } from "../support/toy-kind.ts";
import { startToyUpstream } from "../support/toy-upstream.ts";

const KEY = "hook-key-5d1f";
const settings = { webhookKey: KEY };
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

/** Sends a webhook as the toy upstream would. */
async function send(app: TestApp, connectorId: string, body: object | string, key: string | null = KEY) {
  const headers = key === null ? {} : { "x-toy-key": key };
  return app.call("POST", `/inbound/${connectorId}`, { body, headers });
}

test("a webhook is on disk when it is answered, is delivered, and the next poll does not tell it again", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, settings });
  await poll(app, token);
  upstream.touch("a");
  const answer = await send(app, connector.connectorId, { id: "a", version: 2 });
  expect([answer.status, answer.text]).toEqual([204, ""]);
  const taken = await send(app, connector.connectorId, { id: "echo", version: 1 });
  expect([taken.status, taken.json()]).toEqual([200, { version: 1 }]);
  upstream.items.push({ id: "echo", version: 1 });
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 0 });
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1", "updated a 2", "created echo 1"]);
  expect((await readConnector(app, token)).webhooks).toMatchObject({
    received: 2,
    lastReceivedAt: "2026-01-01T00:00:00.000Z",
    refused: 0,
    lastRefusal: null,
  });
});

test("webhooks that come twice, side by side or out of order are told once, the latest last", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const { connector } = await givenToyCustomer(app, { upstream, receiver, settings });
  const versions = [1, 1, 2, 2, 2, 1];
  const answers = await Promise.all(
    versions.map((version) => send(app, connector.connectorId, { id: "a", version })),
  );
  expect(answers.map(({ status }) => status)).toEqual(versions.map(() => 204));
  await send(app, connector.connectorId, { id: "a", version: 1 });
  await app.idle();
  const news = newsAt(receiver);
  expect(news.at(-1)).toEndWith("a 2");
  expect(new Set(news).size).toBe(news.length);
});

test("keeps taking webhooks while the upstream is down, and before a silent first scan was complete", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const silent = { ...settings, initialScan: "silent" };
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, settings: silent });
  upstream.trouble(() => new Response("", { status: 400 }));
  expect(await poll(app, token)).toMatchObject({ complete: false });
  expect((await send(app, connector.connectorId, { id: "a", version: 1 })).status).toBe(204);
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1"]);
});

test("what fails its check, and what is for nobody, is refused in one form; the first is counted with its reason", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, settings });
  const body = { id: "a", version: 1 };
  const wrong = await send(app, connector.connectorId, body, "another-key");
  const unknown = await send(app, UNKNOWN, body);
  expect([wrong, unknown].map(problemIn)).toEqual(["401 unverified_webhook", "404 not_found"]);
  expect(Object.keys(wrong.json())).toEqual(Object.keys(unknown.json()));
  expect(wrong.text).not.toContain("X-Toy-Key"); // the reason is for the customer alone
  expect(problemIn(await send(app, connector.connectorId, body, null))).toBe("401 unverified_webhook");
  expect(problemIn(await send(app, "..%2fhealth", body))).toBe("404 not_found");
  await app.idle();
  expect((await readConnector(app, token)).webhooks).toMatchObject({
    received: 0,
    refused: 2,
    lastRefusal: { reason: "the key in X-Toy-Key is wrong", at: "2026-01-01T00:00:00.000Z" },
  });
  expect(problemIn(await send(app, connector.connectorId, { id: 7 }))).toBe("400 unreadable_webhook");
  await app.idle();
  expect((await readConnector(app, token)).webhooks.lastRefusal?.reason).toBe("the body is no item");
  expect(receiver.received).toEqual([]);
});

test("a body is checked before it is parsed, and only up to 1 MiB", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const { connector } = await givenToyCustomer(app, { upstream, receiver, settings });
  expect(problemIn(await send(app, connector.connectorId, "{ no json", "wrong"))).toBe(
    "401 unverified_webhook",
  );
  expect(problemIn(await send(app, connector.connectorId, "{ no json"))).toBe("400 unreadable_webhook");
  const most = `{"id":"a","version":1}${" ".repeat(1024 * 1024 - 22)}`;
  expect((await send(app, connector.connectorId, most)).status).toBe(204);
  expect(problemIn(await send(app, connector.connectorId, `${most} `))).toBe("413 request_too_large");
  expect(problemIn(await send(app, UNKNOWN, `${most} `))).toBe("413 request_too_large");
  expect((await app.call("GET", `/inbound/${connector.connectorId}`)).status).toBe(404);
});

test("a paused connector asks for webhooks later; a deleted one, and a disabled customer's, are nobody", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const { token, email, connector } = await givenToyCustomer(app, { upstream, receiver, settings });
  const body = { id: "a", version: 1 };
  await app.call("PATCH", "/connectors/toys/status", { auth: token, body: { status: "paused" } });
  const paused = await send(app, connector.connectorId, body);
  expect([problemIn(paused), paused.headers.get("retry-after")]).toEqual(["503 connector_paused", "300"]);
  expect(problemIn(await send(app, connector.connectorId, body, "wrong"))).toBe("401 unverified_webhook");
  await app.call("PATCH", "/connectors/toys/status", { auth: token, body: { status: "active" } });
  await app.app.operator.disable(email);
  expect(problemIn(await send(app, connector.connectorId, body))).toBe("404 not_found");
  await app.app.operator.enable(email);
  expect((await send(app, connector.connectorId, body)).status).toBe(204);
  const other = await app.call("POST", "/auth/login", { body: { email, password: "correct horse battery" } });
  await app.call("DELETE", "/connectors/toys", { auth: other.json().token });
  expect(problemIn(await send(app, connector.connectorId, { id: "b", version: 1 }))).toBe("404 not_found");
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1"]);
});

test("a kind without webhooks shows no address for them, and takes none", async () => {
  const mute: Registry = registryOf({
    ...toyKind,
    open(parts) {
      const { receive, ...rest } = toyKind.open(parts as Parameters<typeof toyKind.open>[0]);
      return rest;
    },
  });
  await using app = await startToyHub({ kinds: mute });
  await using upstream = startToyUpstream();
  const { token } = await app.givenCustomer();
  const { inboundUrl, connectorId } = await givenToy(app, token, upstream, { settings });
  expect(inboundUrl).toBeNull();
  expect(problemIn(await send(app, connectorId, { id: "a", version: 1 }))).toBe("404 not_found");
});

test("a webhook that is ahead of a run is not undone by what the run had read before it", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream([{ id: "a", version: 2 }]);
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, {
    upstream,
    receiver,
    settings: { ...settings, details: true },
  });
  const gate = Promise.withResolvers<void>();
  upstream.trouble(async (_, url) => {
    if (url.pathname === "/items/a") await gate.promise; // the run has compared a's version 2 by now
    return null;
  });
  const run = poll(app, token);
  await upstream.got(3);
  await send(app, connector.connectorId, { id: "a", version: 3 });
  gate.resolve();
  expect(await run).toMatchObject({ complete: true, events: 0, requests: 3 }); // it has looked anew
  upstream.items = [{ id: "a", version: 3 }];
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 0 });
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 3"]);
});

test("a run that webhooks overtake again and again gives up, and comes back", async () => {
  await using app = await startToyHub({ seams: { random: () => 0.5 } });
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, {
    upstream,
    receiver,
    settings: { ...settings, details: true },
  });
  upstream.trouble(async (_, url) => {
    if (url.pathname !== "/items/a")
      upstream.items = [{ id: "a", version: (upstream.items[0]?.version ?? 0) + 2 }];
    else await send(app, connector.connectorId, { id: "a", version: (upstream.items[0]?.version ?? 0) - 1 });
    return null;
  });
  expect(await poll(app, token)).toMatchObject({
    status: "failed",
    requests: 6,
    error: { code: "overtaken", message: "webhooks kept changing what was being read" },
  });
  upstream.trouble(null);
  await app.advance(60 * SECOND);
  expect((await runsOf(app, token))[0]).toMatchObject({ complete: true, events: 1 });
});
