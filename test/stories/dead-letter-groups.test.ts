import { expect, test } from "bun:test";
import type { ShownGroup } from "../../src/delivery/dead-letter-groups.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const CART = "ae.cart.processed";
const DOWN = "HTTP 500: Internal Server Error";
const GONE = "HTTP 410: Gone";

async function groupsOf(app: TestApp, token: string): Promise<ShownGroup[]> {
  return (await app.call("GET", "/deliveries/dlq/groups", { auth: token })).json().groups;
}

const replay = async (app: TestApp, token: string, body: object) =>
  (await app.call("POST", "/deliveries/dlq/replay", { auth: token, body })).json();

/** Two subscriptions that overlap, and letters of two reasons. */
async function givenLetters(app: TestApp, url: string, answer: (status: number) => void) {
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url });
  await app.givenSubscription(token, { url, eventType: "ae.*" });
  answer(500);
  await app.publish({ eventType: SOLD });
  await app.advance(10 * SECOND);
  await app.publish({ eventType: CART });
  await app.idle();
  answer(410);
  await app.advance(10 * SECOND);
  await app.publish({ eventType: CART });
  await app.idle();
  return token;
}

test("dead letters are grouped by subscription and reason, the largest group first", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver();
  const token = await givenLetters(app, receiver.url, receiver.answer);
  const group = { environment: "sandbox", eventType: "ae.*" };
  expect(await groupsOf(app, token)).toEqual([
    {
      ...group,
      reason: DOWN,
      count: 2,
      oldestAt: "2026-01-01T00:00:00.000Z",
      newestAt: "2026-01-01T00:00:10.000Z",
    },
    {
      ...group,
      reason: GONE,
      count: 1,
      oldestAt: "2026-01-01T00:00:20.000Z",
      newestAt: "2026-01-01T00:00:20.000Z",
    },
    {
      environment: "sandbox",
      eventType: SOLD,
      reason: DOWN,
      count: 1,
      oldestAt: "2026-01-01T00:00:00.000Z",
      newestAt: "2026-01-01T00:00:00.000Z",
    },
  ] as ShownGroup[]);
  const stranger = await app.givenCustomer();
  expect(await groupsOf(app, stranger.token)).toEqual([]);
});

test("a group is replayed alone, and is gone then", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver();
  const token = await givenLetters(app, receiver.url, receiver.answer);
  receiver.answer(200);
  receiver.received.length = 0;
  const all = { subscription: "sandbox#ae.*" };
  expect(await replay(app, token, { subscription: "production#ae.*" })).toEqual({ queued: 0, failed: 0 });
  expect(await replay(app, token, { ...all, reason: "HTTP 500" })).toEqual({ queued: 0, failed: 0 });
  expect(await replay(app, token, { ...all, reason: DOWN })).toEqual({ queued: 2, failed: 0 });
  await app.idle();
  expect(receiver.received).toHaveLength(2);
  const left = (await groupsOf(app, token)).map(({ eventType, reason }) => [eventType, reason]);
  expect(left).toEqual([
    ["ae.*", GONE],
    [SOLD, DOWN],
  ]);
  const query = `?subscription=${encodeURIComponent("sandbox#ae.*")}&reason=${encodeURIComponent(GONE)}`;
  const byQuery = await app.call("POST", `/deliveries/dlq/replay${query}`, { auth: token });
  expect(byQuery.json()).toEqual({ queued: 1, failed: 0 });
  const wrong = await app.call("POST", "/deliveries/dlq/replay", {
    auth: token,
    body: { subscription: "ae.*" },
  });
  expect(wrong.status).toBe(422);
});

test("letters of a deleted subscription are grouped still, and counted as failed when replayed", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver();
  const token = await givenLetters(app, receiver.url, receiver.answer);
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  expect((await groupsOf(app, token)).map(({ eventType }) => eventType)).toContain(SOLD);
  expect(await replay(app, token, { subscription: `sandbox#${SOLD}` })).toEqual({ queued: 0, failed: 1 });
});

test("thousands of dead letters are summed up over many slices", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(token, { url: receiver.url, eventType: "*" });
  const events = Array.from({ length: 2500 }, (_, n) => ({
    eventType: SOLD,
    environment: "sandbox",
    payload: { "auction-id": "daanw", n },
  }));
  await app.publish(JSON.stringify(events));
  await app.idle();
  expect((await groupsOf(app, token)).map(({ count }) => count)).toEqual([2500, 2500]);
});
