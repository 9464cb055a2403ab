import { expect, test } from "bun:test";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp } from "../support/test-app.ts";
import { TestClock } from "../support/test-clock.ts";

const SOLD = "ae.asset.deal.sold.ams";
const HOUR = 3600 * SECOND;

/** A clock whose time of day can be set, as a person or a time server does. */
function givenClock() {
  const clock = new TestClock();
  let offset = 0;
  return {
    clock,
    seams: { clock: Object.assign(Object.create(clock), { now: () => clock.now() + offset }) as TestClock },
    setTo: (ms: number) => {
      offset = ms;
    },
  };
}

test.each([
  ["back", -HOUR],
  ["forward", HOUR],
])("where the clock is set %s an hour, waits stay as long as they are", async (_, byMs) => {
  const { clock, seams, setTo } = givenClock();
  await using app = await startTestApp({ clock, seams, env: { RETRY_DELAYS: "3,5,30" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.advance(3 * SECOND);
  setTo(byMs);
  await app.advance(4 * SECOND);
  expect(receiver.attempts()).toEqual([1]);
  await app.advance(1 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);

  receiver.received.length = 0;
  await app.publish({ eventType: SOLD });
  await app.advance(2 * SECOND);
  expect(receiver.attempts()).toEqual([]);
  await app.advance(1 * SECOND);
  expect(receiver.attempts()).toEqual([1]);
});

test("after the clock was set back, a restart waits no longer either", async () => {
  const { clock, seams, setTo } = givenClock();
  setTo(3 * HOUR);
  const first = await startTestApp({ clock, seams });
  await using receiver = startReceiver(500);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await first.publish({ eventType: SOLD });
  await first.advance(2 * HOUR); // buried, and nothing new
  setTo(0);
  receiver.answer([500, 200]);
  await first.publish({ eventType: SOLD });
  await first.idle();
  await first.stop();
  receiver.received.length = 0;

  await using again = await startTestApp({ dataDir: first.dataDir, clock, seams });
  await again.advance(5 * SECOND);
  expect(receiver.attempts()).toEqual([2]);
});

test("what came while the clock ran far ahead keeps nothing that is older from being swept away", async () => {
  const { clock, seams, setTo } = givenClock();
  await using app = await startTestApp({ clock, seams, env: { RETENTION_DAYS: "1" } });
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const publish = async (count: number) => {
    const event = { eventType: SOLD, environment: "sandbox", payload: { "auction-id": "daanw" } };
    await app.publish(JSON.stringify(Array(count).fill(event)));
    await app.idle();
  };
  setTo(100 * 24 * HOUR);
  await publish(250);
  setTo(0);
  await publish(3);
  const ofNow = () => app.deliveriesOf(token, "&until=2026-01-02T00:00:00Z");
  await app.advance(23 * HOUR);
  expect(await ofNow()).toHaveLength(3);
  await app.advance(2 * HOUR);
  expect(await ofNow()).toEqual([]);
  expect(await app.deliveriesOf(token)).toHaveLength(200); // a page of those that are not old yet
});

test.each([1, 3, 24])(
  "a clock that is set back by %i hours while no hub runs lengthens no wait",
  async (hours) => {
    const { clock, seams, setTo } = givenClock();
    setTo(hours * HOUR);
    const first = await startTestApp({ clock, seams });
    await using receiver = startReceiver([500, 200]);
    const { token } = await first.givenCustomer();
    await first.givenSubscription(token, { url: receiver.url });
    await first.publish({ eventType: SOLD });
    await first.stop();
    clock.advance(10 * SECOND);
    setTo(0);

    await using again = await startTestApp({ dataDir: first.dataDir, clock, seams });
    await again.advance(5 * SECOND);
    expect(receiver.attempts()).toEqual([1, 2]);
  },
);

test("a wait that a receiver asked for outlives a restart", async () => {
  const first = await startTestApp();
  const busy = () => new Response(null, { status: 503, headers: { "retry-after": "600" } });
  await using receiver = startReceiver([busy, 200]);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await first.publish({ eventType: SOLD });
  await first.stop();

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  await again.advance(599 * SECOND);
  expect(receiver.attempts()).toEqual([1]);
  await again.advance(1 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);
});

test("nor is such a wait longer than was asked where the clock was set back", async () => {
  const { clock, seams, setTo } = givenClock();
  setTo(HOUR);
  const first = await startTestApp({ clock, seams });
  const busy = () => new Response(null, { status: 503, headers: { "retry-after": "20" } });
  await using receiver = startReceiver([busy, 200]);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await first.publish({ eventType: SOLD });
  await first.stop();
  clock.advance(25 * SECOND);
  setTo(0);

  await using again = await startTestApp({ dataDir: first.dataDir, clock, seams });
  await again.advance(20 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);
});
