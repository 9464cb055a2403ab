import { expect, test } from "bun:test";
import { openCatalog } from "../../src/catalog/catalog.ts";
import { problemIn } from "../support/problem.ts";
import { isSignedWith, startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

const sendTest = (app: TestApp, token: string, eventType = SOLD) =>
  app.call("POST", `/subscriptions/sandbox/${eventType}/test`, { auth: token });

const exampleOf = (eventType: string) => JSON.stringify(openCatalog().find(eventType)?.example);

test("a test event shows at once what a receiver makes of it, signed like any other", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(() => new Response("thanks", { headers: { "x-shard": "7" } }));
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const { signingSecret } = (await app.call("GET", "/signing-secret", { auth: token })).json();
  const answer = await sendTest(app, token);
  expect(answer.status).toBe(200);
  const result = answer.json();
  expect(result).toMatchObject({
    outcome: "accepted",
    reason: null,
    responseStatus: 200,
    responseHeaders: { "x-shard": "7" },
    responseBody: "thanks",
    payload: exampleOf(SOLD),
    eventType: SOLD,
    webhookUrl: receiver.url,
    durationMs: expect.any(Number),
    firstByteMs: expect.any(Number),
  });
  const [webhook] = receiver.received;
  if (webhook === undefined) throw new Error("no webhook came");
  expect(receiver.received).toHaveLength(1);
  expect(webhook.body).toBe(result.payload);
  expect(webhook.headers).toMatchObject({ "x-webhook-test": "true", "x-webhook-event": SOLD });
  expect(isSignedWith(signingSecret, webhook)).toBe(true);
  for (const [name, value] of Object.entries(result.requestHeaders)) {
    expect(webhook.headers[name.toLowerCase()]).toBe(value as string);
  }
  expect(JSON.stringify(result)).not.toContain(signingSecret);
});

test("a test event leaves no trace, fail as it may", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const overview = async () => (await app.call("GET", "/overview", { auth: token })).json();
  const subscriptions = async () => (await app.call("GET", "/subscriptions/sandbox", { auth: token })).json();
  const before = [await overview(), await subscriptions()];
  expect((await sendTest(app, token)).json()).toMatchObject({
    outcome: "rejected",
    reason: "HTTP 500: Internal Server Error",
    responseStatus: 500,
  });
  receiver.answer(200);
  await sendTest(app, token);
  await app.idle();
  expect([await overview(), await subscriptions()]).toEqual(before);
  expect(await app.deliveriesOf(token)).toEqual([]);
  expect(await app.deadLettersOf(token)).toEqual([]);
  await app.advance(60 * SECOND); // nothing is tried again
  expect(receiver.received).toHaveLength(2);

  await app.publish({ eventType: SOLD });
  await app.idle();
  expect(receiver.received.at(-1)?.headers).not.toHaveProperty("x-webhook-test");
});

test("a pattern is tested with the first type it matches, a type that nobody knows with a small body", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  const expected = {
    "ae.cart.*": ["ae.cart.processed", exampleOf("ae.cart.processed")],
    "own.thing.done": ["own.thing.done", '{"test":true}'],
    "own.*": ["own.test", '{"test":true}'],
  };
  for (const [pattern, sent] of Object.entries(expected)) {
    await app.givenSubscription(token, { url: receiver.url, eventType: pattern });
    const { eventType, payload } = (await sendTest(app, token, pattern)).json();
    expect([eventType, payload]).toEqual(sent);
  }
  await app.givenSubscription(token, { url: receiver.url, eventType: "*" });
  const { eventType } = (await sendTest(app, token, "*")).json();
  expect(openCatalog().find(eventType)).toBeDefined();
});

test("a test event passes the same guard, and ends in the same time", async () => {
  const addresses = new Map([["hooks.example.com", "93.184.216.34"]]);
  await using app = await startTestApp({
    env: { ALLOW_TARGETS: "127.0.0.2/32" },
    seams: { resolve: async (name) => [addresses.get(name) ?? ""] },
  });
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: "https://hooks.example.com/in" });
  addresses.set("hooks.example.com", "127.0.0.1"); // the name was moved since
  expect((await sendTest(app, token)).json()).toMatchObject({
    outcome: "blocked",
    reason: "blocked: private address",
    responseStatus: null,
  });

  await using slow = await startTestApp();
  await using receiver = startReceiver(() => new Promise<Response>(() => {}));
  const dealer = await slow.givenCustomer();
  await slow.givenSubscription(dealer.token, { url: receiver.url });
  const waiting = sendTest(slow, dealer.token);
  await receiver.got(1);
  slow.clock.advance(10 * SECOND);
  expect((await waiting).json()).toMatchObject({ outcome: "timeout", reason: "timeout after 10 s" });
});

test("test events are limited to ten a minute, are the customer's own, and work while paused", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  const other = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  expect(problemIn(await sendTest(app, other.token))).toBe("404 subscription_not_found");
  await app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, {
    auth: token,
    body: { status: "paused" },
  });
  for (let each = 0; each < 10; each++) expect((await sendTest(app, token)).status).toBe(200);
  const refused = await sendTest(app, token);
  expect(problemIn(refused)).toBe("429 too_many_requests");
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(receiver.received).toHaveLength(10);
  app.clock.advance(60 * SECOND);
  expect((await sendTest(app, token)).status).toBe(200);
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  expect(problemIn(await sendTest(app, token))).toBe("404 subscription_not_found");
});
