import { expect, test } from "bun:test";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

test("a restart goes on with retries at their time", async () => {
  await using before = await startTestApp();
  await using receiver = startReceiver([500, 500, 200]);
  const { token } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  await before.publish({ eventType: SOLD });
  await before.advance(5 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);
  await before.stop();

  await using after = await restarted(before);
  await after.advance(29 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);
  expect(await after.deliveriesOf(token)).toMatchObject([
    { status: "retrying", attempts: 2, nextAttemptAt: "2026-01-01T00:00:35.000Z" },
  ]);
  await after.advance(1 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2, 3]);
  expect(await after.deliveriesOf(token)).toMatchObject([{ status: "success", attempts: 3 }]);
});

test("what became due while the hub was down is tried at once", async () => {
  await using before = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  await before.publish({ eventType: SOLD });
  await before.idle();
  await before.stop();
  before.clock.advance(3600 * SECOND);
  await using after = await restarted(before);
  await after.idle();
  expect(receiver.attempts()).toEqual([1, 2]);
  expect(await after.deliveriesOf(token)).toMatchObject([
    { status: "success", attempts: 2, lastAttemptAt: "2026-01-01T01:00:00.000Z" },
  ]);
});

test("deliveries that were never tried are, each once and in their order", async () => {
  await using before = await startTestApp({ env: { RETRY_DELAYS: "60" } });
  await using receiver = startReceiver();
  const { token } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  const count = 300; // far more than memory holds for one subscription
  const events = Array.from({ length: count }, (_, n) => ({
    eventType: SOLD,
    environment: "sandbox",
    payload: { "auction-id": "daanw", n },
  }));
  await before.publish(JSON.stringify(events));
  await before.stop();
  expect(receiver.received).toEqual([]);

  await using after = await startTestApp({
    dataDir: before.dataDir,
    clock: before.clock,
    env: { RETRY_DELAYS: "60", DELIVERY_CONCURRENCY: "1" },
  });
  await after.advance(60 * SECOND);
  expect(receiver.received.map(({ body }) => JSON.parse(body).n)).toEqual(events.map((_, n) => n));
  expect((await after.deliveriesOf(token, "&status=pending")).length).toBe(0);
});

test("a restart keeps accounts, tokens, page keys, dedupe keys, dead letters and pauses", async () => {
  await using before = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token, email } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  const [first] = await before.publish({ eventType: SOLD, id: "sale-1" });
  await before.publish({ eventType: SOLD, id: "sale-2" });
  await before.idle();
  const deadLetters = await before.deadLettersOf(token);
  const { nextKey } = (await before.call("GET", "/deliveries?limit=1", { auth: token })).json();
  const body = { status: "paused" };
  await before.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body });
  await before.stop();

  await using after = await restarted(before);
  expect(await after.deadLettersOf(token)).toEqual(deadLetters);
  const rest = (await after.call("GET", `/deliveries?lastKey=${nextKey}`, { auth: token })).json();
  expect(rest.deliveries).toMatchObject([{ eventId: first?.eventId }]);
  const again = await after.publish({ eventType: SOLD, id: "sale-1" });
  expect(again).toEqual([{ ...first, duplicate: true } as (typeof again)[number]]);
  expect(await after.publish({ eventType: SOLD })).toMatchObject([{ deliveries: 0 }]); // it is paused
  const login = { email, password: "correct horse battery" };
  expect((await after.call("POST", "/auth/login", { body: login })).status).toBe(200);
});

test("stopping lets the attempt under way end, and its outcome is kept", async () => {
  await using before = await startTestApp();
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using receiver = startReceiver(() => promise);
  const { token } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  await before.publish({ eventType: SOLD });
  await receiver.got(1);
  const stopped = before.stop();
  resolve(new Response("just in time"));
  await stopped;
  await using after = await restarted(before);
  await after.advance(60 * SECOND);
  expect(receiver.received).toHaveLength(1);
  expect(await after.deliveriesOf(token)).toMatchObject([
    { status: "success", attempts: 1, responseBody: "just in time" },
  ]);
});

/** A hub on the folder and the clock of one that was stopped. */
const restarted = ({ dataDir, clock }: TestApp) => startTestApp({ dataDir, clock });
