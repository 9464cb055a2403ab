import { expect, test } from "bun:test";
import {
  givenToy,
  givenToyCustomer,
  newsAt,
  type PutConnector,
  poll,
  readConnector,
  runsOf,
  startToyHub,
  toyBody,
} from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND } from "../support/test-app.ts";
import { startToyUpstream, TOY_TOKEN } from "../support/toy-upstream.ts";

const MINUTE = 60 * SECOND;
const THREE = ["a", "b", "c"];
const items = (ids: string[]) => ids.map((id) => ({ id, version: 1 }));

test("what an upstream has, and what changes there, is polled on the schedule and delivered", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items(THREE));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  await app.advance(6 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1", "created b 1", "created c 1"]);
  upstream.touch("b");
  upstream.touch("d");
  upstream.drop("c");
  await app.advance(5 * MINUTE);
  expect(newsAt(receiver).slice(3)).toEqual(["updated b 2", "created d 1", "removed c 1"]);
  await app.advance(20 * MINUTE);
  expect(receiver.received).toHaveLength(6);
  const runs = await runsOf(app, token);
  expect(runs.map(({ events }) => events)).toEqual([0, 0, 0, 0, 3, 3]);
  expect(runs.every(({ complete, askedBy }) => complete && askedBy === "schedule")).toBe(true);
  expect(runs.at(-1)).toMatchObject({ pages: 2, items: 3, requests: 2, error: null, status: "complete" });
});

test("a new connector is told with what it is set to, without its secrets, and whether they work", async () => {
  await using app = await startToyHub({ env: { PUBLIC_URL: "https://hub.example.com/lane/" } });
  await using upstream = startToyUpstream();
  const { token } = await app.givenCustomer();
  const made = await givenToy(app, token, upstream, { settings: { webhookKey: "hook-key-5d1" } });
  expect(made).toMatchObject({
    name: "toys",
    kind: "toy",
    environment: "sandbox",
    schedule: "*/5 * * * *",
    settings: { baseUrl: upstream.url, pageSize: 2, initialScan: "emit" },
    secrets: ["token", "webhookKey"],
    status: "active",
    lastSuccessAt: null,
    lastError: null,
    inboundUrl: `https://hub.example.com/lane/api/inbound/${made.connectorId}`,
    check: { ok: true },
  });
  expect(Date.parse(made.nextRunAt ?? "")).toBeWithin(Date.UTC(2026, 0, 1, 0, 5), Date.UTC(2026, 0, 1, 0, 6));
  expect(upstream.asked).toEqual(["/me"]);
  const { check, ...rest } = made;
  expect(await readConnector(app, token)).toEqual(rest);
  expect((await app.call("GET", "/connectors", { auth: token })).json()).toEqual({ connectors: [rest] });
});

test("bad credentials and an upstream that is down are told, and saved all the same", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  const { token } = await app.givenCustomer();
  const bad = await givenToy(app, token, upstream, { name: "bad", settings: { token: "wrong" } });
  expect(bad.check).toEqual({ ok: false, detail: "the upstream does not take these credentials: HTTP 401" });
  expect(bad).toMatchObject({ status: "failing", lastError: { code: "bad_credentials" } });
  const down = { url: "http://127.0.0.1:1" };
  const { check, status } = await givenToy(app, token, down, { name: "down" });
  expect([check.ok, status]).toEqual([false, "failing"]);
  expect(check.detail).toStartWith("the upstream cannot be reached");
});

test("a check that hangs is over after ten seconds", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  upstream.trouble(() => new Promise(() => {}));
  const { token } = await app.givenCustomer();
  const made = givenToy(app, token, upstream);
  await upstream.got(1);
  app.clock.advance(10 * SECOND);
  expect((await made).check).toEqual({
    ok: false,
    detail: "the upstream did not answer in time: no answer within 10 s",
  });
});

test("what is wrong in a connector is named, and nothing is saved", async () => {
  await using app = await startToyHub();
  const { token } = await app.givenCustomer();
  const wrong: [change: object, path: string][] = [
    [{ kind: "gavelhouse" }, "kind"],
    [{ settings: {} }, "settings.token"],
    [{ settings: { token: TOY_TOKEN, "my password": "hunter2" } }, "settings"],
    [{ settings: { token: TOY_TOKEN, pageSize: 0 } }, "settings.pageSize"],
    [{ settings: undefined }, "settings"],
    [{ environment: "staging" }, "environment"],
    [{ schedule: "every day" }, "schedule"],
    [{ schedule: "* * * * * * *" }, "schedule"],
    [{ schedule: "0 0 30 2 *" }, "schedule"],
    [{ schedule: "2026-02-01T00:00:00" }, "schedule"],
  ];
  for (const [change, path] of wrong) {
    const body = { ...toyBody({ url: "http://127.0.0.1:1" }), ...change };
    const answer = await app.call("PUT", "/connectors/toys", { auth: token, body });
    expect(problemIn(answer)).toBe("422 invalid_input");
    expect(answer.json().errors.map((error: { path: string }) => error.path)).toContain(path);
    expect(answer.text).not.toMatch(/my password|hunter2|toy-token/);
  }
  for (const name of ["-toys", "Toys", "to.ys", "a".repeat(64), "toys%20", "%C3%A9"]) {
    const body = toyBody({ url: "http://127.0.0.1:1" });
    const answer = await app.call("PUT", `/connectors/${name}`, { auth: token, body });
    expect(problemIn(answer)).toBe("422 invalid_input");
  }
  expect((await app.call("GET", "/connectors", { auth: token })).json()).toEqual({ connectors: [] });
});

test("an upstream where lanehook does not call is refused", async () => {
  let addresses: string[] = [];
  await using app = await startToyHub({ seams: { resolve: async () => addresses } });
  const { token } = await app.givenCustomer();
  const refused: [baseUrl: string, addresses: string[]][] = [
    ["http://10.0.0.1/", []],
    ["https://192.168.1.1/", []],
    ["https://169.254.169.254/latest", []],
    ["https://intranet/", ["127.0.0.1", "8.8.8.8"]],
    ["https://toys.example.com/", ["10.0.0.7"]],
    ["https://toys.example.com/", ["8.8.8.8", "::1"]],
    ["http://toys.example.com/", ["8.8.8.8"]],
    ["https://user:pass@toys.example.com/", ["8.8.8.8"]],
    ["ftp://toys.example.com/", ["8.8.8.8"]],
    ["toys.example.com", ["8.8.8.8"]],
  ];
  for (const [url, found] of refused) {
    addresses = found;
    const answer = await app.call("PUT", "/connectors/toys", { auth: token, body: toyBody({ url }) });
    expect([url, problemIn(answer)]).toEqual([url, "422 refused_upstream"]);
    expect(answer.text).not.toMatch(/toy-token|user:pass/);
  }
});

test("a change keeps the id, the secrets and what is known", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items(THREE));
  await using receiver = startReceiver();
  const given = { settings: { webhookKey: "hook-key" }, schedule: "0 3 * * *" };
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, ...given });
  await poll(app, token);
  const put = async (settings: object): Promise<PutConnector> => {
    const body = { ...toyBody(upstream), settings: { baseUrl: upstream.url, ...settings } };
    return (await app.call("PUT", "/connectors/toys", { auth: token, body })).json();
  };
  const changed = await put({ pageSize: 50 });
  expect(changed).toMatchObject({
    connectorId: connector.connectorId,
    createdAt: connector.createdAt,
    schedule: "0 3 * * *",
    settings: { pageSize: 50 },
    secrets: ["token", "webhookKey"],
    check: { ok: true },
  });
  expect((await put({ webhookKey: null, pageSize: 50 })).secrets).toEqual(["token"]);
  expect(await poll(app, token)).toMatchObject({ complete: true, pages: 1, events: 0 });
  await app.idle();
  expect(receiver.received).toHaveLength(3);
});

test("with another host, environment or kind it begins anew, and no secret goes where it was not given for", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items(["a"]));
  await using other = startToyUpstream(items(["b"]));
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver });
  await poll(app, token);
  const without = { ...toyBody(other), settings: { baseUrl: other.url } };
  const refused = await app.call("PUT", "/connectors/toys", { auth: token, body: without });
  expect(refused.json().errors).toEqual([{ path: "settings.token", message: "This is missing" }]);
  expect(other.asked).toEqual([]);
  expect(await readConnector(app, token)).toMatchObject({ connectorId: connector.connectorId });

  const moved = await givenToy(app, token, other);
  expect(moved.connectorId).not.toBe(connector.connectorId);
  expect(await runsOf(app, token)).toEqual([]);
  await poll(app, token);
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1", "created b 1"]); // and nothing of a's removal
  const elsewhere = await givenToy(app, token, other, { environment: "production" });
  expect(elsewhere.connectorId).not.toBe(moved.connectorId);
});

test("a paused one is polled by hand only, and stays paused when it is changed", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items(["a"]));
  await using receiver = startReceiver();
  const { token } = await givenToyCustomer(app, { upstream, receiver });
  const setStatus = (status: string) =>
    app.call("PATCH", "/connectors/toys/status", { auth: token, body: { status } });
  expect((await setStatus("paused")).status).toBe(204);
  expect(await readConnector(app, token)).toMatchObject({ status: "paused", nextRunAt: null });
  await app.advance(30 * MINUTE);
  expect(upstream.asked).toEqual(["/me"]);
  expect(await poll(app, token)).toMatchObject({ complete: true, events: 1 });
  await givenToy(app, token, upstream, { settings: { pageSize: 3 } });
  expect(await readConnector(app, token)).toMatchObject({ status: "paused", nextRunAt: null });
  upstream.touch("a");
  expect((await setStatus("active")).status).toBe(204);
  await app.advance(6 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1", "updated a 2"]);
  expect(problemIn(await setStatus("failing"))).toBe("422 invalid_input");
});

test("a deleted one is gone, its name is free, and what it brought stays", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream(items(["a"]));
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver });
  await poll(app, token);
  expect((await app.call("DELETE", "/connectors/toys", { auth: token })).status).toBe(204);
  for (const [method, path] of [
    ["GET", "/connectors/toys"],
    ["DELETE", "/connectors/toys"],
    ["POST", "/connectors/toys/poll"],
    ["GET", "/connectors/toys/runs"],
  ] as const) {
    expect(problemIn(await app.call(method, path, { auth: token }))).toBe("404 connector_not_found");
  }
  const asked = upstream.asked.length;
  await app.advance(30 * MINUTE);
  expect(upstream.asked).toHaveLength(asked);
  expect(await app.deliveriesOf(token)).toMatchObject([{ eventType: "toy.item.created", status: "success" }]);
  const again = await givenToy(app, token, upstream);
  expect(again.connectorId).not.toBe(connector.connectorId);
  expect(await poll(app, token)).toMatchObject({ events: 1 });
});
