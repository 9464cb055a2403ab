import { expect, test } from "bun:test";
import type { Overview } from "../../src/overview/overview.ts";
import { givenToy, poll, startToyHub } from "../support/connector-hub.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";
import { startToyUpstream } from "../support/toy-upstream.ts";

const SOLD = "ae.asset.deal.sold.ams";
const HOUR = 3600 * SECOND;

async function overviewOf(app: TestApp, token: string): Promise<Overview> {
  const answer = await app.call("GET", "/overview", { auth: token });
  expect(answer.status).toBe(200);
  return answer.json();
}

test("a customer sees what came in, what went out and what is stuck", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "2,5" } });
  await using good = startReceiver();
  await using bad = startReceiver(500);
  const { token } = await app.givenCustomer();
  expect(await overviewOf(app, token)).toMatchObject({
    now: "2026-01-01T00:00:00.000Z",
    pending: 0,
    deadLetters: 0,
    failingSubscriptions: 0,
    activeSubscriptions: 0,
    hour: { eventsIn: 0, delivered: 0, failed: 0, successShare: null, latencyMs: { p50: null, p99: null } },
    connectors: [],
  });

  await app.givenSubscription(token, { url: good.url });
  await app.givenSubscription(token, { url: bad.url, eventType: "ae.asset.*" });
  await app.givenSubscription(token, { url: good.url, environment: "production" });
  const pause = { auth: token, body: { status: "paused" } };
  await app.call("PATCH", `/subscriptions/production/${SOLD}/status`, pause);
  for (let each = 0; each < 3; each++) await app.publish({ eventType: SOLD });
  expect(await overviewOf(app, token)).toMatchObject({ pending: 6, activeSubscriptions: 2 });
  await app.advance(2 * SECOND);
  expect(await overviewOf(app, token)).toMatchObject({
    pending: 3,
    failingSubscriptions: 1,
    hour: { eventsIn: 3, delivered: 3, failed: 0, successShare: 1 },
  });
  await app.advance(5 * SECOND);
  const overview = await overviewOf(app, token);
  expect(overview).toMatchObject({ pending: 0, deadLetters: 3, failingSubscriptions: 1 });
  for (const span of [overview.hour, overview.day]) {
    expect(span).toMatchObject({ eventsIn: 3, delivered: 3, failed: 3, successShare: 0.5 });
    expect(span.latencyMs.p50 ?? 0).toBeWithin(1900, 2100);
    expect(span.buckets.at(-1)).toMatchObject({ eventsIn: 3, delivered: 3, failed: 3 });
  }
});

test("dead letters count until they are replayed or swept away", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0", DLQ_RETENTION_DAYS: "1" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  for (let each = 0; each < 4; each++) await app.publish({ eventType: SOLD });
  await app.idle();
  expect((await overviewOf(app, token)).deadLetters).toBe(4);
  await app.publish({ eventType: SOLD });
  await app.idle();
  expect((await overviewOf(app, token)).deadLetters).toBe(5);
  receiver.answer(200);
  const [letter] = await app.deadLettersOf(token);
  await app.call("POST", `/deliveries/dlq/${letter?.deliveryId}/replay`, { auth: token });
  expect((await overviewOf(app, token)).deadLetters).toBe(4);
  await app.advance(25 * HOUR);
  expect(await app.deadLettersOf(token)).toMatchObject([{ replayedAt: expect.any(String) }]);
  expect((await overviewOf(app, token)).deadLetters).toBe(0);
});

test("what the backlog's limit buries counts as failed", async () => {
  await using app = await startTestApp({ env: { MAX_PENDING_PER_SUBSCRIPTION: "2" } });
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const paused = { auth: token, body: { status: "paused" } };
  await app.givenSubscription(token, { url: receiver.url, eventType: "ae.*" });
  receiver.answer(500);
  for (let each = 0; each < 2; each++) await app.publish({ eventType: SOLD });
  await app.idle();
  await app.call("PATCH", `/subscriptions/sandbox/ae.*/status`, paused);
  for (let each = 0; each < 3; each++) await app.publish({ eventType: SOLD });
  await app.idle();
  const letters = await app.deadLettersOf(token);
  expect(letters.length).toBeGreaterThan(0);
  const overview = await overviewOf(app, token);
  expect(overview).toMatchObject({ deadLetters: letters.length, hour: { failed: letters.length } });
  expect(overview.pending).toBe((await app.deliveriesOf(token, "&status=retrying")).length);
});

test("the curves go on after a restart, move with time, and end after a day", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await first.publish({ eventType: SOLD });
  await first.advance(30 * SECOND); // on disk by now
  await first.publish({ eventType: SOLD });
  await first.advance(1 * SECOND); // not yet
  const before = await overviewOf(first, token);
  await first.stop();

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  expect(await overviewOf(again, token)).toEqual(before);
  await again.publish({ eventType: SOLD }); // in the minute that the other life has written
  await again.advance(29 * SECOND);
  await again.publish({ eventType: SOLD });
  await again.idle();
  const { hour } = await overviewOf(again, token);
  expect(hour.buckets.slice(-2)).toMatchObject([
    { at: "2026-01-01T00:00:00.000Z", eventsIn: 3, delivered: 3 },
    { at: "2026-01-01T00:01:00.000Z", eventsIn: 1, delivered: 1 },
  ]);
  await again.advance(HOUR);
  expect(await overviewOf(again, token)).toMatchObject({
    hour: { delivered: 0, successShare: null },
    day: { eventsIn: 4, delivered: 4, successShare: 1 },
  });
  await again.advance(23 * HOUR + 1);
  expect(await overviewOf(again, token)).toMatchObject({ day: { delivered: 0 } });
});

test("an event counts once for each customer it comes to, and for nobody else", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const twice = await app.givenCustomer();
  const once = await app.givenCustomer();
  const other = await app.givenCustomer({ auctionIds: ["cpaa"] });
  for (const { token } of [twice, once, other]) await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(twice.token, { url: receiver.url, eventType: "*" });
  await app.publish({ eventType: SOLD });
  await app.publish({ eventType: "ae.auction.entitlement.upserted" });
  await app.idle();
  const hours = await Promise.all([twice, once, other].map(({ token }) => overviewOf(app, token)));
  expect(hours.map(({ hour: { eventsIn, delivered } }) => [eventsIn, delivered])).toEqual([
    [2, 3],
    [1, 1],
    [0, 0],
  ]);
  expect(hours[2]).toMatchObject({ pending: 0, deadLetters: 0, failingSubscriptions: 0 });
});

test("connectors show how they fare, and their events count also where nobody subscribed", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  upstream.touch("a");
  const { token } = await app.givenCustomer({ auctionIds: [] });
  const stranger = await app.givenCustomer({ auctionIds: [] });
  await givenToy(app, token, upstream);
  await poll(app, token);
  const overview = await overviewOf(app, token);
  expect(overview.day.eventsIn).toBe(1);
  expect(overview.connectors).toEqual([
    {
      name: "toys",
      kind: "toy",
      status: "active",
      nextRunAt: expect.stringMatching(/^2026-01-01T00:/),
      lastError: null,
    },
  ]);
  const theirs = await overviewOf(app, stranger.token);
  expect(theirs).toMatchObject({ day: { eventsIn: 0 }, connectors: [] });
});
