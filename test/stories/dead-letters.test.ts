import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const NOBODY_LISTENS = "http://127.0.0.1:9/hook";

test("three failures are a dead letter, in exactly the shape that seed 000 has", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token, customerId } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const payload = { "auction-id": "daanw", asset: { id: 1 } };
  await app.publish({ eventType: SOLD, payload });
  await app.advance(34 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2]);
  expect(await app.deadLettersOf(token)).toEqual([]);

  await app.advance(1 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2, 3]);
  const answer = await app.call("GET", "/deliveries/dlq", { auth: token });
  expect(answer.json()).toEqual({
    entries: [
      {
        deliveryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        customerId,
        eventType: SOLD,
        environment: "sandbox",
        webhookUrl: receiver.url,
        payload: JSON.stringify(payload),
        failureReason: "HTTP 500: Internal Server Error",
        attempts: 3,
        createdAt: "2026-01-01T00:00:00.000Z",
        movedToDLQAt: "2026-01-01T00:00:35.000Z",
        replayedAt: null,
      },
    ],
    nextKey: null,
  });
  const fields = ["deliveryId", "customerId", "eventType", "environment", "webhookUrl", "payload"];
  fields.push("failureReason", "attempts", "createdAt", "movedToDLQAt", "replayedAt");
  expect(Object.keys(answer.json().entries[0])).toEqual(fields);

  await app.advance(3600 * SECOND);
  expect(receiver.received).toHaveLength(3);
  expect(await app.deliveriesOf(token)).toMatchObject([
    { status: "failed", attempts: 3, nextAttemptAt: null, responseStatus: 500 },
  ]);
});

test("a refused connection is told as such", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: NOBODY_LISTENS });
  await app.publish({ eventType: SOLD });
  await app.advance(35 * SECOND);
  expect(await app.deadLettersOf(token)).toMatchObject([
    { failureReason: "connection refused", attempts: 3, webhookUrl: NOBODY_LISTENS },
  ]);
});

test("a receiver that never answers is given ten seconds, three times", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(() => new Promise<Response>(() => {}));
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  for (const [made, wait] of [5, 30, 0].entries()) {
    await receiver.got(made + 1);
    app.clock.advance(10 * SECOND);
    await app.idle();
    app.clock.advance(wait * SECOND);
  }
  expect(receiver.attempts()).toEqual([1, 2, 3]);
  expect(await app.deadLettersOf(token)).toMatchObject([
    { failureReason: "timeout after 10 s", attempts: 3, movedToDLQAt: "2026-01-01T00:01:05.000Z" },
  ]);
});

test("an answer whose body does not end in time is a timeout too", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  const drip = () =>
    new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("O")) }));
  await using receiver = startReceiver(drip);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await receiver.got(1);
  app.clock.advance(10 * SECOND);
  await app.idle();
  expect(await app.deadLettersOf(token)).toMatchObject([
    { failureReason: "timeout after 10 s", attempts: 1 },
  ]);
});

test("a replay is a new delivery of the same event, and its dead letter keeps its place", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token, deadLetter } = await givenDeadLetter(app, receiver.url);
  receiver.answer([500, 200]);
  const replay = await app.call("POST", `/deliveries/dlq/${deadLetter.deliveryId}/replay`, { auth: token });
  expect([replay.status, replay.json()]).toEqual([200, { queued: true }]);
  await app.advance(5 * SECOND); // it has all its attempts anew

  const [made, buried] = await app.deliveriesOf(token);
  expect(made).toMatchObject({ status: "success", attempts: 2, replayOf: deadLetter.deliveryId });
  expect(made?.deliveryId).not.toBe(deadLetter.deliveryId);
  expect(made?.eventId).toBe(buried?.eventId ?? "");
  expect(buried).toMatchObject({ deliveryId: deadLetter.deliveryId, status: "failed", replayOf: null });
  expect(await app.deadLettersOf(token)).toEqual([{ ...deadLetter, replayedAt: "2026-01-01T00:00:35.000Z" }]);
  expect(receiver.attempts()).toEqual([1, 2, 3, 1, 2]);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(receiver.received.at(-1)?.headers["x-webhook-delivery"]).toBe(made?.deliveryId ?? "");
});

test("a replay goes to the subscription's present URL", async () => {
  await using app = await startTestApp();
  await using dead = startReceiver(500);
  await using mended = startReceiver();
  const { token, deadLetter } = await givenDeadLetter(app, dead.url);
  await app.givenSubscription(token, { url: mended.url });
  await app.call("POST", `/deliveries/dlq/${deadLetter.deliveryId}/replay`, { auth: token });
  await app.idle();
  expect([dead.received.length, mended.received.length]).toEqual([3, 1]);
  const webhookUrls = (await app.deliveriesOf(token)).map(({ webhookUrl }) => webhookUrl);
  expect(webhookUrls).toEqual([mended.url, dead.url]);
});

test("what cannot be replayed is refused, and nothing is sent", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token, deadLetter } = await givenDeadLetter(app, receiver.url);
  const stranger = await app.givenCustomer();
  const replay = async (deliveryId: string, auth: string) =>
    problemIn(await app.call("POST", `/deliveries/dlq/${deliveryId}/replay`, { auth }));

  expect(await replay(deadLetter.deliveryId, stranger.token)).toBe("404 dead_letter_not_found");
  expect(await replay(crypto.randomUUID(), token)).toBe("404 dead_letter_not_found");
  expect(await replay("no-id", token)).toBe("404 dead_letter_not_found");
  receiver.answer(200);
  await app.call("POST", `/deliveries/dlq/${deadLetter.deliveryId}/replay`, { auth: token });
  await app.idle();
  expect(await replay(deadLetter.deliveryId, token)).toBe("409 already_replayed");
  const [delivered] = await app.deliveriesOf(token);
  expect(await replay(delivered?.deliveryId ?? "", token)).toBe("404 dead_letter_not_found");
  await app.advance(60 * SECOND);
  expect(receiver.received).toHaveLength(4);
});

test("two replays of one dead letter at the same time make one delivery", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token, deadLetter } = await givenDeadLetter(app, receiver.url);
  receiver.answer(200);
  const replay = () => app.call("POST", `/deliveries/dlq/${deadLetter.deliveryId}/replay`, { auth: token });
  const answers = await Promise.all([replay(), replay(), replay()]);
  await app.idle();
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(receiver.received).toHaveLength(4);
});

test("replaying all counts what is queued and what can no longer be", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  const removed = "ae.asset.upserted.ams";
  await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(token, { url: receiver.url, eventType: removed });
  for (const eventType of [SOLD, SOLD, SOLD, removed, removed]) await app.publish({ eventType });
  await app.idle();
  await app.call("DELETE", `/subscriptions/sandbox/${removed}`, { auth: token });

  const letters = await app.deadLettersOf(token);
  const orphan = letters.find(({ eventType }) => eventType === removed);
  const one = letters.find(({ eventType }) => eventType === SOLD);
  const replay = (deliveryId = "") =>
    app.call("POST", `/deliveries/dlq/${deliveryId}/replay`, { auth: token });
  expect(problemIn(await replay(orphan?.deliveryId))).toBe("409 subscription_deleted");
  receiver.answer(200);
  expect((await replay(one?.deliveryId)).status).toBe(200);

  const replayAll = () => app.call("POST", "/deliveries/dlq/replay", { auth: token });
  const first = await replayAll();
  expect([first.status, first.json()]).toEqual([200, { queued: 2, failed: 2 }]);
  expect((await replayAll()).json()).toEqual({ queued: 0, failed: 2 });
  await app.idle();
  expect(receiver.received).toHaveLength(5 + 3);
  const after = await app.deadLettersOf(token);
  const unreplayed = after.filter(({ replayedAt }) => replayedAt === null);
  expect(unreplayed.map(({ eventType }) => eventType)).toEqual([removed, removed]);
});

test("replaying all leaves alone what it buries itself", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const event = { eventType: SOLD, environment: "sandbox", payload: { "auction-id": "daanw" } };
  const count = 250; // three commits of replays, so that the first can fail while the last is made
  await app.publish(JSON.stringify(Array.from({ length: count }, () => event)));
  await app.idle();
  for (const round of [1, 2]) {
    const answer = await app.call("POST", "/deliveries/dlq/replay", { auth: token });
    expect(answer.json()).toEqual({ queued: count, failed: 0 });
    await app.idle();
    expect(receiver.received).toHaveLength(count * (1 + round));
  }
});

test("a replay to a paused subscription waits until it is resumed", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token, deadLetter } = await givenDeadLetter(app, receiver.url);
  const setStatus = (status: string) =>
    app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body: { status } });
  receiver.answer(200);
  await setStatus("paused");
  const replay = await app.call("POST", `/deliveries/dlq/${deadLetter.deliveryId}/replay`, { auth: token });
  expect(replay.json()).toEqual({ queued: true });
  await app.advance(3600 * SECOND);
  expect(receiver.received).toHaveLength(3);
  expect((await app.deliveriesOf(token))[0]).toMatchObject({ status: "pending", attempts: 0 });

  await setStatus("active");
  await app.idle();
  expect(receiver.received).toHaveLength(4);
  expect((await app.deliveriesOf(token))[0]).toMatchObject({ status: "success", attempts: 1 });
});

async function givenDeadLetter(app: TestApp, url: string) {
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url });
  await app.publish({ eventType: SOLD });
  await app.advance(35 * SECOND);
  const [deadLetter] = await app.deadLettersOf(token);
  if (deadLetter === undefined) throw new Error("three failures make a dead letter");
  return { token, deadLetter };
}

test("a replay of all takes filters, in the body or in the query", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  for (const environment of ["sandbox", "production"] as const) {
    await app.givenSubscription(token, { url: receiver.url, eventType: "*", environment });
  }
  const payload = { "auction-id": "daanw" };
  await app.publish({ eventType: SOLD, payload });
  await app.publish({ eventType: SOLD, environment: "production", payload });
  await app.advance(10 * SECOND);
  await app.publish({ eventType: "ae.account.upserted.ams", payload });
  await app.publish({ eventType: "ae.asset.upserted.ams", payload });
  await app.idle();
  expect(await app.deadLettersOf(token)).toHaveLength(4);
  receiver.answer(200);
  const replay = async (given: { body?: object; query?: string }) => {
    const { body, query = "" } = given;
    const answer = await app.call("POST", `/deliveries/dlq/replay${query}`, {
      auth: token,
      ...(body && { body }),
    });
    return answer.status === 200 ? answer.json() : answer.status;
  };
  expect(await replay({ body: { environment: "nowhere" } })).toBe(422);
  expect(await replay({ body: { since: "soon" } })).toBe(422);
  expect(await replay({ body: { enviroment: "sandbox" } })).toBe(422); // misspelt, it would replay everything
  expect(await replay({ body: { environment: "production" } })).toEqual({ queued: 1, failed: 0 });
  expect(await replay({ query: "?until=2026-01-01T00:00:10Z" })).toEqual({ queued: 1, failed: 0 });
  expect(await replay({ body: { eventType: "ae.asset.*", since: "2026-01-01T00:00:10Z" } })).toEqual({
    queued: 1,
    failed: 0,
  });
  expect(await replay({})).toEqual({ queued: 1, failed: 0 });
});
