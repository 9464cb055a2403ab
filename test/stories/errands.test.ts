import { expect, test } from "bun:test";
import { givenToy, givenToyCustomer, newsAt, readConnector, startToyHub } from "../support/connector-hub.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, type TestApp } from "../support/test-app.ts";
import { startToyUpstream, type ToyItem } from "../support/toy-upstream.ts";

const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const settings = { errands: true, webhookKey: "hook" };
const given = { settings, schedule: "0 0 1 1 *" };

/** A webhook of the upstream, as its answer's status. */
async function webhook(app: TestApp, { connectorId }: { connectorId: string }, item: ToyItem) {
  const headers = { "x-toy-key": "hook" };
  return (await app.call("POST", `/inbound/${connectorId}`, { body: item, headers })).status;
}

test("what a webhook leaves to be done is done after its answer, once for all that ask for the same", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  const { connector } = await givenToyCustomer(app, { upstream, receiver, ...given });
  const gate = Promise.withResolvers<null>();
  upstream.trouble(() => gate.promise);
  expect(await webhook(app, connector, { id: "a", version: 1 })).toBe(204);
  await upstream.got(2);
  upstream.touch("a");
  upstream.touch("a");
  for (const version of [2, 3]) expect(await webhook(app, connector, { id: "a", version })).toBe(204);
  gate.resolve(null);
  await app.idle();
  expect(newsAt(receiver).toSorted()).toEqual(["created a 1", "looked-up a 3", "updated a 2", "updated a 3"]);
  expect(upstream.asked.filter((path) => path === "/items/a")).toHaveLength(2);
  expect(await webhook(app, connector, { id: "a", version: 3 })).toBe(204); // known: nothing is left to be done
  await app.idle();
  expect(upstream.asked.filter((path) => path === "/items/a")).toHaveLength(2);
});

test("an upstream that is down is asked again until it answers, and its webhooks are taken meanwhile", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, ...given });
  upstream.trouble(() => new Response("", { status: 503 }));
  expect(await webhook(app, connector, { id: "a", version: 1 })).toBe(204);
  await app.advance(30 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1"]);
  expect((await readConnector(app, token)).errands).toMatchObject({
    waiting: 1,
    givenUp: 0,
    lastError: { code: "server_error" },
  });
  upstream.trouble(null);
  await app.advance(60 * MINUTE);
  expect(newsAt(receiver)).toEqual(["created a 1", "looked-up a 1"]);
  expect((await readConnector(app, token)).errands).toEqual({ waiting: 0, givenUp: 0, lastError: null });
});

test("what is left survives the hub", async () => {
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  await using first = await startToyHub();
  const { connector } = await givenToyCustomer(first, { upstream, receiver, ...given });
  upstream.trouble(() => new Promise(() => {}));
  await webhook(first, connector, { id: "a", version: 1 });
  await upstream.got(2);
  await first.stop();
  upstream.trouble(null);
  await using second = await startToyHub({ dataDir: first.dataDir });
  await second.idle();
  expect(newsAt(receiver)).toContain("looked-up a 1");
});

test("a paused connector's wait for its resumption, those of a deleted one never come", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream([{ id: "a", version: 1 }]);
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, ...given });
  upstream.trouble(() => new Response("", { status: 503 }));
  await webhook(app, connector, { id: "a", version: 1 });
  await app.idle();
  const setStatus = (status: string) =>
    app.call("PATCH", "/connectors/toys/status", { auth: token, body: { status } });
  await setStatus("paused");
  upstream.trouble(null);
  const asked = upstream.asked.length;
  await app.advance(2 * 60 * MINUTE);
  expect(upstream.asked).toHaveLength(asked);
  await setStatus("active");
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1", "looked-up a 1"]);

  upstream.trouble(() => new Response("", { status: 503 }));
  await webhook(app, connector, { id: "a", version: 2 });
  await app.idle();
  await app.call("DELETE", "/connectors/toys", { auth: token });
  upstream.trouble(null);
  await app.advance(DAY);
  expect(newsAt(receiver)).toEqual(["created a 1", "looked-up a 1", "updated a 2"]);
});

test("one that never succeeds is given up, and begins anew when it is asked for again or the settings change", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  const { token, connector } = await givenToyCustomer(app, { upstream, receiver, ...given });
  await webhook(app, connector, { id: "a", version: 1 }); // the upstream has no such thing
  upstream.trouble((_, url) => (url.pathname === "/me" ? null : new Response("", { status: 403 })));
  await app.advance(60 * MINUTE);
  const { errands } = await readConnector(app, token);
  expect(errands).toMatchObject({ waiting: 0, givenUp: 1, lastError: { code: "refused" } });
  const asked = upstream.asked.length;
  await app.advance(DAY);
  expect(upstream.asked).toHaveLength(asked);
  upstream.trouble(null);
  upstream.touch("a");
  await givenToy(app, token, upstream, given);
  await app.idle();
  expect(newsAt(receiver)).toEqual(["created a 1", "looked-up a 1"]);
});

test("one connector's hanging upstream holds up no other's errands", async () => {
  await using app = await startToyHub();
  await using hanging = startToyUpstream([{ id: "a", version: 1 }]);
  await using healthy = startToyUpstream([{ id: "b", version: 1 }]);
  await using receiver = startReceiver();
  const slow = await givenToyCustomer(app, { upstream: hanging, receiver, ...given });
  const fast = await givenToyCustomer(app, { upstream: healthy, receiver, ...given });
  hanging.trouble(() => new Promise(() => {}));
  for (let n = 0; n < 20; n++) await webhook(app, slow.connector, { id: `a${n}`, version: 1 });
  await webhook(app, fast.connector, { id: "b", version: 1 });
  await receiver.got(22);
  expect(newsAt(receiver)).toContain("looked-up b 1");
  expect(hanging.mostAtOnce).toBe(4);
});
