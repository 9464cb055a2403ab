import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

test("a paused subscription gets no new deliveries, and what is pending waits until it is resumed", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.idle();

  expect((await setStatus(app, token, "paused")).status).toBe(204);
  expect(await app.publish({ eventType: SOLD })).toMatchObject([{ deliveries: 0 }]);
  await app.advance(3600 * SECOND);
  expect(receiver.received).toHaveLength(1);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "retrying", attempts: 1 }]);

  expect((await setStatus(app, token, "active")).status).toBe(204);
  await app.idle();
  expect(receiver.attempts()).toEqual([1, 2]);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "success", attempts: 2 }]);
  expect(await app.publish({ eventType: SOLD })).toMatchObject([{ deliveries: 1 }]);
});

test("an attempt under way ends when its subscription is paused, and its retry waits", async () => {
  await using app = await startTestApp();
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using receiver = startReceiver([() => promise, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await receiver.got(1);
  await setStatus(app, token, "paused");
  resolve(new Response("busy", { status: 500 }));
  await app.advance(60 * SECOND);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "retrying", attempts: 1 }]);
  await setStatus(app, token, "active");
  await app.idle();
  expect(receiver.attempts()).toEqual([1, 2]);
});

test("deleting a subscription cancels its pending deliveries", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.idle();
  const remove = () => app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  expect((await remove()).status).toBe(204);
  await app.advance(3600 * SECOND);
  expect(receiver.received).toHaveLength(1);
  expect(await app.deliveriesOf(token)).toMatchObject([
    { status: "cancelled", attempts: 1, nextAttemptAt: null },
  ]);
  expect(await app.deadLettersOf(token)).toEqual([]);
  expect((await app.call("GET", "/subscriptions/sandbox", { auth: token })).json()).toEqual([]);
  expect(problemIn(await remove())).toBe("404 subscription_not_found");
  expect(problemIn(await setStatus(app, token, "active"))).toBe("404 subscription_not_found");
  expect(await app.publish({ eventType: SOLD })).toMatchObject([{ deliveries: 0 }]);
});

test("a delivery cancelled while its attempt was under way stays cancelled, and the attempt is told", async () => {
  await using app = await startTestApp();
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using receiver = startReceiver(() => promise);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await receiver.got(1);
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  resolve(new Response("late", { status: 500 }));
  await app.advance(60 * SECOND);
  const [delivery] = await app.deliveriesOf(token);
  expect(delivery).toMatchObject({ status: "cancelled", attempts: 1, responseStatus: 500 });
  expect(receiver.received).toHaveLength(1);
});

test("a subscription that was deleted comes back as a new one, without its old deliveries", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.idle();
  await setStatus(app, token, "paused");
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  await app.advance(60 * SECOND);
  const revived = await app.givenSubscription(token, { url: receiver.url });
  expect(revived).toMatchObject({ status: "active", createdAt: "2026-01-01T00:01:00.000Z" });
  await app.advance(60 * SECOND);
  expect(receiver.received).toHaveLength(1);
  await app.publish({ eventType: SOLD });
  await app.idle();
  const statuses = (await app.deliveriesOf(token)).map(({ status }) => status);
  expect(statuses).toEqual(["success", "cancelled"]);
});

test("a changed URL counts for pending deliveries, and keeps what the body leaves out", async () => {
  await using app = await startTestApp();
  await using before = startReceiver(500);
  await using after = startReceiver();
  const { token } = await app.givenCustomer();
  const created = await app.givenSubscription(token, { url: before.url });
  await app.publish({ eventType: SOLD });
  await app.idle();
  expect((await app.deliveriesOf(token))[0]?.webhookUrl).toBe(before.url);
  await app.advance(1 * SECOND);
  const changed = await app.givenSubscription(token, { url: after.url });
  const fares = {
    health: "failing",
    failingSince: "2026-01-01T00:00:00.000Z",
    lastSuccessAt: null,
    consecutiveFailures: 1,
  };
  expect(changed).toEqual({
    ...created,
    ...fares,
    webhookUrl: after.url,
    updatedAt: "2026-01-01T00:00:01.000Z",
  });
  expect((await app.deliveriesOf(token))[0]?.webhookUrl).toBe(before.url); // the URL last tried
  await app.advance(5 * SECOND);
  expect([before.attempts(), after.attempts()]).toEqual([[1], [2]]);
  expect((await app.deliveriesOf(token))[0]).toMatchObject({ status: "success", webhookUrl: after.url });

  await setStatus(app, token, "paused");
  const put = await app.call("PUT", "/subscriptions/sandbox", { auth: token, body: { eventType: SOLD } });
  expect([put.status, put.json()]).toMatchObject([201, { status: "paused", webhookUrl: after.url }]);
});

test("promoting copies the active sandbox subscriptions to production", async () => {
  await using app = await startTestApp();
  await using sandbox = startReceiver();
  await using production = startReceiver();
  const { token, customerId } = await app.givenCustomer();
  const paused = "ae.asset.upserted.ams";
  const present = "ae.asset.offer.*";
  await app.givenSubscription(token, { url: sandbox.url });
  await app.givenSubscription(token, { url: sandbox.url, eventType: paused });
  await app.givenSubscription(token, { url: sandbox.url, eventType: present });
  await setStatus(app, token, "paused", paused);
  await app.givenSubscription(token, {
    url: production.url,
    eventType: present,
    environment: "production",
  });
  await setStatus(app, token, "paused", present, "production");
  await app.advance(1 * SECOND);

  const preview = (await app.call("GET", "/subscriptions/promote", { auth: token })).json();
  expect(preview.changes).toMatchObject([
    { eventType: SOLD, change: "create", before: null },
    { eventType: present, change: "update", before: { webhookUrl: production.url, status: "paused" } },
  ]);
  const promoted = await app.call("POST", "/subscriptions/promote", { auth: token });
  expect(promoted.status).toBe(200);
  const untried = {
    recovery: "manual",
    health: "ok",
    failingSince: null,
    lastSuccessAt: null,
    consecutiveFailures: 0,
  };
  expect(promoted.json()).toEqual({
    promoted: [
      {
        customerId,
        sk: `production#${SOLD}`,
        environment: "production",
        eventType: SOLD,
        webhookUrl: sandbox.url,
        status: "active",
        createdAt: "2026-01-01T00:00:01.000Z",
        updatedAt: "2026-01-01T00:00:01.000Z",
        ...untried,
      },
      {
        customerId,
        sk: `production#${present}`,
        environment: "production",
        eventType: present,
        webhookUrl: sandbox.url,
        status: "active",
        createdAt: "2026-01-01T00:00:00.000Z",
        updatedAt: "2026-01-01T00:00:01.000Z",
        ...untried,
      },
    ],
    count: 2,
  });
  await app.publish({ eventType: SOLD, environment: "production" });
  await app.publish({ eventType: paused, environment: "production" });
  await app.idle();
  expect(sandbox.received.map(({ headers }) => headers["x-webhook-event"])).toEqual([SOLD]);
});

test("patterns take what stands below them, and overlapping subscriptions get one delivery each", async () => {
  await using app = await startTestApp();
  const patterns = [SOLD, "ae.asset.deal.*", "ae.asset.*", "ae.*", "*"];
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  for (const eventType of patterns) {
    await app.givenSubscription(token, { url: `${receiver.url}/${patterns.indexOf(eventType)}`, eventType });
  }
  const pathsOf = async (eventType: string, environment = "sandbox") => {
    const [event] = await app.publish({ eventType, environment });
    await app.idle();
    const got = receiver.received.filter(({ headers }) => headers["webhook-id"] === event?.eventId);
    expect(event?.deliveries).toBe(got.length);
    expect(new Set(got.map(({ headers }) => headers["x-webhook-delivery"])).size).toBe(got.length);
    return got.map(({ path }) => Number(path.split("/").at(-1))).sort();
  };
  expect(await pathsOf(SOLD)).toEqual([0, 1, 2, 3, 4]);
  expect(await pathsOf("ae.asset.deal")).toEqual([2, 3, 4]);
  expect(await pathsOf("ae.asset.dealer.sold")).toEqual([2, 3, 4]);
  expect(await pathsOf("ae.asset")).toEqual([3, 4]);
  expect(await pathsOf("ae")).toEqual([4]);
  expect(await pathsOf("acme.made-up_by.SomeOne")).toEqual([4]);
  expect(await pathsOf(SOLD, "production")).toEqual([]);
});

test("a subscription that may get nothing says why", async () => {
  await using app = await startTestApp({
    seams: { resolve: (name) => Promise.reject(new Error(`no ${name}`)) },
  });
  const known = await app.givenCustomer();
  const stranger = await app.givenCustomer({ auctionIds: [] });
  const warningFor = async (token: string, eventType: string, webhookUrl = "http://127.0.0.1:9/") => {
    const answer = await app.call("PUT", "/subscriptions/sandbox", {
      auth: token,
      body: { eventType, webhookUrl },
    });
    expect(answer.status).toBe(201);
    return answer.json().warning;
  };
  const noType = (eventType: string) => `The catalog knows no event type that "${eventType}" matches.`;
  const noAuctions = "You have no auction ids, so no event that names an auction comes to you.";
  expect(await warningFor(known.token, SOLD)).toBeUndefined();
  expect(await warningFor(known.token, "ae.asset.*")).toBeUndefined();
  expect(await warningFor(known.token, "*")).toBeUndefined();
  expect(await warningFor(known.token, "acme.sold")).toBe(noType("acme.sold"));
  expect(await warningFor(known.token, "acme.*")).toBe(noType("acme.*"));
  expect(await warningFor(stranger.token, SOLD)).toBe(noAuctions);
  expect(await warningFor(stranger.token, "acme.*")).toBe(`${noType("acme.*")} ${noAuctions}`);
  expect(await warningFor(known.token, SOLD, "https://hooks.example.com/")).toBe(
    "The name hooks.example.com does not resolve now.",
  );
});

test("a pattern or a URL that cannot be is refused", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  const put = async (body: object, environment = "sandbox") =>
    problemIn(await app.call("PUT", `/subscriptions/${environment}`, { auth: token, body }));
  const webhookUrl = "http://127.0.0.1:9/";
  for (const eventType of ["ae.*.sold", "*.sold", "ae.**", "ae*", ".*", "", "a..b", `a${"b".repeat(200)}`])
    expect(await put({ eventType, webhookUrl })).toBe("422 invalid_event_type");
  for (const url of ["ftp://example.com/", "http://10.0.0.1/", "https://u:p@example.com/", "nonsense", ""])
    expect(await put({ eventType: SOLD, webhookUrl: url })).toBe("422 refused_target");
  expect(await put({ eventType: SOLD })).toBe("422 invalid_input");
  expect(await put({ eventType: SOLD, webhookUrl }, "staging")).toBe("422 invalid_input");
  expect(problemIn(await setStatus(app, token, "off"))).toBe("422 invalid_input");
});

const setStatus = (app: TestApp, token: string, status: string, eventType = SOLD, environment = "sandbox") =>
  app.call("PATCH", `/subscriptions/${environment}/${eventType}/status`, { auth: token, body: { status } });
