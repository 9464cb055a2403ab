import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { openStream } from "../support/stream-reader.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const PASSWORD = "correct horse battery";

const watch = (app: TestApp, token: string) => openStream(app.api, { authorization: `Bearer ${token}` });

test("a stream tells how things stand at once, then what changes", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await using stream = await watch(app, token);
  const first = await stream.next("overview");
  expect(first).toEqual((await app.call("GET", "/overview", { auth: token })).json());
  expect(stream.retryMs).toBe(2000);
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  expect(stream.headers.get("x-content-type-options")).toBe("nosniff");

  await app.publish({ eventType: SOLD });
  await app.advance(1 * SECOND);
  const retrying = await stream.next("overview", ({ failingSubscriptions }) => failingSubscriptions === 1);
  expect(retrying).toMatchObject({ pending: 1, hour: { eventsIn: 1, delivered: 0 } });
  await app.advance(5 * SECOND);
  await stream.next("overview", ({ hour }) => hour.delivered === 1);
  const [delivery] = await app.deliveriesOf(token);
  const told = { deliveryId: delivery?.deliveryId, eventType: SOLD, environment: "sandbox" };
  expect(stream.events.filter(({ event }) => event === "delivery").map(({ data }) => data)).toEqual(
    ["pending", "retrying", "success"].map((status) => ({ ...told, status })),
  );
});

test("an overview comes at most once a second and only where it differs, deliveries 20 a second", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await using stream = await watch(app, token);
  const count = (name: string) => stream.events.filter(({ event }) => event === name).length;
  await app.advance(0);
  await stream.next("overview");
  for (let each = 0; each < 50; each++) await app.publish({ eventType: SOLD });
  await app.advance(999);
  expect(count("delivery")).toBe(20);
  expect(count("overview")).toBeLessThanOrEqual(2);
  await app.advance(1);
  await stream.next("overview", ({ hour }) => hour.delivered === 50);
  const before = count("overview");
  await app.advance(14 * SECOND);
  await stream.next("ping");
  expect(count("overview")).toBe(before);
  await app.advance(60 * SECOND); // the minute is another, so the curve has moved
  await stream.next("overview", ({ hour }) => hour.buckets.at(-1).at === "2026-01-01T00:01:00.000Z");
  await stream.next("ping", () => count("ping") >= 5); // the last may come after the overview
  expect(count("ping")).toBe(5);
});

test("changes that are no deliveries are told too: pauses, replays, connectors' customers apart", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  const other = await app.givenCustomer({ auctionIds: ["cpaa"] });
  await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(other.token, { url: receiver.url });
  await using stream = await watch(app, token);
  await using theirs = await watch(app, other.token);
  await app.publish({ eventType: SOLD });
  await app.advance(1 * SECOND);
  await stream.next("overview", ({ deadLetters }) => deadLetters === 1);
  receiver.answer(200);
  await app.call("POST", "/deliveries/dlq/replay", { auth: token });
  await app.advance(1 * SECOND);
  await stream.next("overview", ({ deadLetters }) => deadLetters === 0);
  const body = { status: "paused" };
  await app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body });
  await app.advance(1 * SECOND);
  await stream.next("overview", ({ activeSubscriptions }) => activeSubscriptions === 0);

  await app.advance(15 * SECOND);
  await theirs.next("ping");
  expect(theirs.events.filter(({ event }) => event === "delivery")).toEqual([]);
  for (const { data } of theirs.events.filter(({ event }) => event === "overview")) {
    expect(data).toMatchObject({ deadLetters: 0, failingSubscriptions: 0, day: { eventsIn: 0 } });
  }
});

test("a reader that connects again after a restart finds the curves as they were", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await using stream = await watch(first, token);
  await first.publish({ eventType: SOLD });
  await first.advance(1 * SECOND);
  const { hour } = await stream.next("overview", ({ hour }) => hour.delivered === 1);
  const stopping = performance.now();
  await first.stop();
  await stream.ended;
  expect(performance.now() - stopping).toBeLessThan(3000); // no stream holds up a stop
  expect(stream.events.some(({ event }) => event === "expired")).toBe(false);

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  await using resumed = await watch(again, token);
  expect(await resumed.next("overview")).toMatchObject({ hour });
  await again.publish({ eventType: SOLD });
  await again.advance(1 * SECOND);
  await resumed.next("overview", ({ hour }) => hour.delivered === 2);
});

test("a stream ends with its credential: at its time, with a new password, with a new API key", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { email, apiKey, token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const signedIn = await app.call("POST", "/session", { body: { email, password: PASSWORD } });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";

  await using byKey = await openStream(app.api, { "x-api-key": apiKey });
  await app.call("POST", "/customers/me/api-key/rotate", { auth: token });
  await app.publish({ eventType: SOLD });
  await app.advance(1 * SECOND);
  await byKey.ended;
  expect(byKey.events.map(({ event }) => event)).toEqual(["overview", "expired"]);

  await using byCookie = await openStream(app.api, { cookie });
  const body = { currentPassword: PASSWORD, newPassword: "another long one" };
  await app.call("POST", "/auth/password", { auth: token, body });
  await app.advance(15 * SECOND);
  await byCookie.ended;
  expect(byCookie.events.at(-1)?.event).toBe("expired");

  const login = await app.call("POST", "/auth/login", { body: { email, password: "another long one" } });
  app.clock.advance(7 * 86_400 * SECOND - 15 * SECOND - 1);
  await using byToken = await watch(app, login.json().token);
  app.clock.advance(15 * SECOND);
  await byToken.next("ping");
  expect(byToken.events.some(({ event }) => event === "expired")).toBe(false);
  app.clock.advance(1);
  await byToken.ended;
  expect(byToken.events.at(-1)?.event).toBe("expired");
});

test("a customer has ten streams at most, and a reader that leaves makes room", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  const other = await app.givenCustomer();
  const streams = await Promise.all(Array.from({ length: 10 }, () => watch(app, token)));
  const refused = await app.call("GET", "/stream", { auth: token });
  expect(problemIn(refused)).toBe("429 too_many_requests");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  await (await watch(app, other.token))[Symbol.asyncDispose]();
  await streams[0]?.[Symbol.asyncDispose]();
  const again = await untilAnswered(() => watch(app, token)); // the hub sees it leave a moment later
  await again[Symbol.asyncDispose]();
  expect((await app.call("HEAD", "/stream", { auth: token })).status).toBe(200);
  expect(problemIn(await app.call("GET", "/stream"))).toBe("401 missing_credentials");
  for (const each of streams) await each[Symbol.asyncDispose]();
});

async function untilAnswered<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 200) throw error;
    }
  }
}
