import { expect, test } from "bun:test";
import { type Receiver, startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const MINUTE = 60 * SECOND;

/** A customer whose only subscription is recovered by the hub, at a receiver that is down. */
async function givenOutage(app: TestApp, receiver: Receiver, recovery = "automatic") {
  const { token } = await app.givenCustomer();
  const body = { eventType: SOLD, webhookUrl: receiver.url, recovery };
  await app.call("PUT", "/subscriptions/sandbox", { auth: token, body });
  return token;
}

const publish = (app: TestApp, n: number) =>
  app.publish({ eventType: SOLD, payload: { "auction-id": "daanw", n } });

const numbersAt = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body).n);

async function subscriptionOf(app: TestApp, token: string) {
  return (await app.call("GET", "/subscriptions/sandbox", { auth: token })).json()[0];
}

test("a subscription tells how its receiver fares, also after a restart", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver([200, 500, 500]);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  expect(await subscriptionOf(first, token)).toMatchObject({ health: "ok", lastSuccessAt: null });
  await publish(first, 1);
  await first.advance(2 * SECOND);
  await publish(first, 2);
  await first.advance(5 * SECOND);
  const failing = {
    health: "failing",
    failingSince: "2026-01-01T00:00:02.000Z",
    lastSuccessAt: "2026-01-01T00:00:00.000Z",
    consecutiveFailures: 2,
  };
  expect(await subscriptionOf(first, token)).toMatchObject(failing);
  await first.stop();

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  expect(await subscriptionOf(again, token)).toMatchObject(failing);
  receiver.answer(200);
  await again.advance(30 * SECOND);
  expect(await subscriptionOf(again, token)).toMatchObject({
    health: "ok",
    failingSince: null,
    lastSuccessAt: "2026-01-01T00:00:37.000Z",
    consecutiveFailures: 0,
  });
});

test("with automatic recovery, what an outage buried comes by itself, in the order of the events", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const token = await givenOutage(app, receiver);
  for (let n = 1; n <= 20; n++) await publish(app, n);
  await app.advance(36 * SECOND);
  expect(await app.deadLettersOf(token)).toHaveLength(20);
  receiver.answer(200);
  receiver.received.length = 0;
  await app.advance(28 * SECOND);
  expect(receiver.received).toHaveLength(0);
  await app.advance(1 * SECOND); // half a minute after the first burial
  expect(numbersAt(receiver).slice(0, 2)).toEqual([1, 2]); // the probe, and a first step of one
  expect(receiver.received.length).toBeLessThan(20);
  await app.advance(20 * SECOND);
  expect(numbersAt(receiver)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  const letters = await app.deadLettersOf(token);
  expect(letters.filter(({ replayedAt }) => replayedAt === null)).toEqual([]);
  expect(await subscriptionOf(app, token)).toMatchObject({ health: "ok", recovery: "automatic" });
});

test("probes wait longer and longer, ten minutes at most, while new events have their three attempts", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const token = await givenOutage(app, receiver);
  await publish(app, 1);
  await app.advance(60 * MINUTE);
  const probes = receiver.attempts().filter((attempt) => attempt === 1).length - 1;
  // 35 s to each burial, and before it waits of 30 s, 1, 2, 4, 8, 10, 10 … minutes
  expect(probes).toBe(8);
  expect((await app.deadLettersOf(token)).filter(({ replayedAt }) => replayedAt === null)).toHaveLength(1);
  receiver.received.length = 0;
  await publish(app, 2);
  await app.advance(35 * SECOND);
  expect(numbersAt(receiver).filter((n) => n === 2)).toHaveLength(3);
});

test("an event that a receiver refuses does not keep others buried, nor is it sent for ever", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const token = await givenOutage(app, receiver);
  for (let n = 1; n <= 3; n++) await publish(app, n);
  await app.advance(36 * SECOND);
  let refused = 0;
  receiver.answer(() => {
    if (numbersAt(receiver).at(-1) !== 1) return new Response("OK");
    refused += 1;
    return new Response(null, { status: 422 });
  });
  await app.advance(10 * MINUTE);
  expect(numbersAt(receiver)).toContain(2);
  expect(numbersAt(receiver)).toContain(3);
  const before = refused;
  await app.advance(120 * MINUTE);
  expect(refused).toBe(before);
  const waiting = (await app.deadLettersOf(token)).filter(({ replayedAt }) => replayedAt === null);
  expect(waiting.map(({ payload }) => JSON.parse(payload).n)).toEqual([1]);
});

test("an outage goes on after a restart, and waits while the subscription is paused", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver(500);
  const token = await givenOutage(first, receiver);
  for (let n = 1; n <= 5; n++) await publish(first, n);
  await first.advance(36 * SECOND);
  await first.stop();
  receiver.answer(200);
  receiver.received.length = 0;

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  const setStatus = (status: string) =>
    again.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body: { status } });
  await setStatus("paused");
  await again.advance(5 * MINUTE);
  expect(receiver.received).toHaveLength(0);
  await setStatus("active");
  await again.advance(20 * SECOND);
  expect(numbersAt(receiver)).toEqual([1, 2, 3, 4, 5]);
});

test("a receiver that fails again while it is brought up is probed again, and nothing is lost", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const token = await givenOutage(app, receiver);
  for (let n = 1; n <= 10; n++) await publish(app, n);
  await app.advance(36 * SECOND);
  receiver.answer([200, 200, 500]);
  await app.advance(2 * MINUTE);
  receiver.answer(200);
  await app.advance(30 * MINUTE);
  const waiting = (await app.deadLettersOf(token)).filter(({ replayedAt }) => replayedAt === null);
  expect(waiting.map(({ payload }) => JSON.parse(payload).n)).toEqual([]);
  const delivered = await app.deliveriesOf(token, "&status=success");
  expect(new Set(delivered.map(({ payload }) => JSON.parse(payload).n)).size).toBe(10);
});

test("with manual recovery, which is the default, dead letters wait for a person", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 500, 500, 200]);
  const token = await givenOutage(app, receiver);
  await app.call("PUT", "/subscriptions/sandbox", {
    auth: token,
    body: { eventType: SOLD, recovery: "manual" },
  });
  await publish(app, 1);
  await app.advance(60 * MINUTE);
  expect(await app.deadLettersOf(token)).toMatchObject([{ replayedAt: null }]);
  expect(receiver.received).toHaveLength(3);
});
