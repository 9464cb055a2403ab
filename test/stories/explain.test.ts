import { expect, test } from "bun:test";
import type { Explanation } from "../../src/routing/explain.ts";
import { givenToy, poll, startToyHub } from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";
import { startToyUpstream } from "../support/toy-upstream.ts";

const SOLD = "ae.asset.deal.sold.ams";
const NOT_SOLD = "ae.asset.not-sold";

async function explain(app: TestApp, token: string, eventId: string): Promise<Explanation> {
  const answer = await app.call("GET", `/events/${eventId}/explain`, { auth: token });
  if (answer.status !== 200) throw new Error(problemIn(answer));
  return answer.json();
}

/** Publishes, and gives the event's id. */
async function publish(app: TestApp, event: Parameters<TestApp["publish"]>[0]): Promise<string> {
  const [admitted] = await app.publish(event);
  return admitted?.eventId ?? "";
}

const setStatus = (app: TestApp, token: string, eventType: string, status: string) =>
  app.call("PATCH", `/subscriptions/sandbox/${eventType}/status`, { auth: token, body: { status } });

/** `environment#eventType` and the reason of each. */
const reasonsIn = ({ subscriptions }: Explanation) =>
  Object.fromEntries(
    subscriptions.map(({ environment, eventType, reason }) => [`${environment}#${eventType}`, reason]),
  );

test("each reason is told as things stood when the event came in, whatever has changed since", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { url } = receiver;
  const { token } = await app.givenCustomer();
  for (const eventType of [SOLD, "ae.asset.*", "ae.*", NOT_SOLD, "ae.asset.deal.*"]) {
    await app.givenSubscription(token, { url, eventType });
  }
  await app.givenSubscription(token, { url, environment: "production" });
  app.clock.advance(SECOND);
  await setStatus(app, token, "ae.asset.*", "paused");
  await app.call("DELETE", "/subscriptions/sandbox/ae.asset.deal.*", { auth: token });
  app.clock.advance(SECOND);
  const eventId = await publish(app, { eventType: SOLD });
  await app.idle();
  app.clock.advance(SECOND);

  await app.givenSubscription(token, { url, eventType: "*" });
  await setStatus(app, token, "ae.asset.*", "active");
  await setStatus(app, token, "ae.*", "paused");
  await app.givenSubscription(token, { url, eventType: "ae.asset.deal.*" });
  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });

  const explanation = await explain(app, token, eventId);
  expect(reasonsIn(explanation)).toEqual({
    [`sandbox#${SOLD}`]: null, // deleted since
    "sandbox#ae.*": null, // paused since
    "sandbox#ae.asset.*": "paused",
    "sandbox#ae.asset.deal.*": "deleted",
    "sandbox#*": "not_yet_subscribed",
    [`production#${SOLD}`]: "environment",
    [`sandbox#${NOT_SOLD}`]: "type",
  });
  for (const { matched, reason, deliveries, sentence } of explanation.subscriptions) {
    expect(matched).toBe(reason === null);
    expect(deliveries).toHaveLength(matched ? 1 : 0);
    expect(sentence).toEndWith(".");
  }
  expect(explanation).toMatchObject({
    event: {
      eventId,
      eventType: SOLD,
      environment: "sandbox",
      door: "publisher:default",
      admittedAt: "2026-01-01T00:00:02.000Z",
      auctionIds: ["daanw"],
    },
    omitted: 0,
    sentence: "It came from publisher default and went to 2 of your 7 subscriptions: 2 delivered.",
  });
  const order = explanation.subscriptions.map(({ reason }) => reason);
  expect(order.slice(0, 2)).toEqual([null, null]);
  expect(order.slice(-2)).toEqual(["environment", "type"]);
});

test("what became of each delivery is told, replays and recoveries too", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0,5" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(token, { url: receiver.url, eventType: "*" });
  app.clock.advance(SECOND);
  await setStatus(app, token, "*", "paused");
  app.clock.advance(SECOND);
  const eventId = await publish(app, { eventType: SOLD });
  await app.idle();
  const [retrying] = (await explain(app, token, eventId)).subscriptions;
  expect(retrying).toMatchObject({
    matched: true,
    deliveries: [{ status: "retrying", attempts: 1, nextAttemptAt: "2026-01-01T00:00:07.000Z" }],
  });
  await app.advance(5 * SECOND);
  receiver.answer(200);
  await app.call("POST", "/deliveries/dlq/replay", { auth: token });
  await setStatus(app, token, "*", "active");
  await app.call("POST", "/subscriptions/sandbox/*/recover", {
    auth: token,
    body: { since: "2026-01-01T00:00:00.000Z" },
  });
  await app.advance(SECOND);

  const explanation = await explain(app, token, eventId);
  const [matched, paused] = explanation.subscriptions;
  const failed = { status: "failed", attempts: 2, failureReason: "HTTP 500: Internal Server Error" };
  expect(matched).toMatchObject({
    reason: null,
    deliveries: [failed, { status: "success", replayOf: matched?.deliveries[0]?.deliveryId }],
  });
  expect(paused).toMatchObject({
    matched: false,
    reason: "paused",
    sentence: "It was paused when the event came in. It was delivered afterwards, by a recovery.",
    deliveries: [{ status: "success", replayOf: null }],
  });
  expect(explanation.sentence).toEndWith("went to 1 of your 2 subscriptions: 2 delivered.");
});

test("an event that is not the customer's to see does not exist for it", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const we = await app.givenCustomer();
  const they = await app.givenCustomer({ auctionIds: ["cpaa"] });
  for (const { token } of [we, they])
    await app.givenSubscription(token, { url: receiver.url, eventType: "*" });
  const eventId = await publish(app, { eventType: SOLD });
  await app.idle();
  app.clock.advance(SECOND);
  await app.call("PUT", "/customers/me/auction-ids", {
    auth: they.token,
    body: { auctionIds: ["cpaa", "daanw"] }, // from now on, not for what came before
  });
  const unknown = await app.call("GET", `/events/${crypto.randomUUID()}`, { auth: they.token });
  for (const path of [`/events/${eventId}`, `/events/${eventId}/explain`]) {
    const answer = await app.call("GET", path, { auth: they.token });
    expect(problemIn(answer)).toBe("404 event_not_found");
    expect(answer.text).toBe(unknown.text); // not even whether it exists is told
    expect((await app.call("GET", path, { auth: we.token })).status).toBe(200);
  }
  const later = await publish(app, { eventType: SOLD });
  expect(await explain(app, they.token, later)).toMatchObject({ subscriptions: [{ matched: true }] });

  await app.call("PUT", "/customers/me/auction-ids", { auth: we.token, body: { auctionIds: [] } });
  const still = await explain(app, we.token, eventId); // it was delivered, so it is known
  expect(still).toMatchObject({ subscriptions: [{ matched: true, reason: null }] });
});

test("an event is read byte for byte, and only by a customer", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  const payload = '{"auction-id":"daanw","price":123456789012345678901, "ü":"\\u00fc"}';
  const eventId = await publish(app, `{"eventType":"${SOLD}","environment":"sandbox","payload":${payload}}`);
  expect((await app.call("GET", `/events/${eventId}`, { auth: token })).json()).toEqual({
    eventId,
    eventType: SOLD,
    environment: "sandbox",
    door: "publisher:default",
    admittedAt: "2026-01-01T00:00:00.000Z",
    auctionIds: ["daanw"],
    payload,
  });
  expect(problemIn(await app.call("GET", `/events/${eventId}`))).toBe("401 missing_credentials");
  expect((await explain(app, token, eventId)).sentence).toBe(
    "It came from publisher default; you have no subscriptions.",
  );
});

test("while an account is disabled nothing comes to it, and that is the reason later", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token, customerId, email } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  app.clock.advance(SECOND);
  await app.app.operator.disable(customerId);
  app.clock.advance(SECOND);
  const eventId = await publish(app, { eventType: SOLD });
  app.clock.advance(SECOND);
  await app.app.operator.enable(customerId);
  const body = { email, password: "correct horse battery" };
  const login = (await app.call("POST", "/auth/login", { body })).json();
  expect(reasonsIn(await explain(app, login.token, eventId))).toEqual({ [`sandbox#${SOLD}`]: "disabled" });
});

test("events without an auction that went to nobody by the operator's rule say so under the other", async () => {
  await using first = await startTestApp({ env: { AUCTION_IDS: "operator" } });
  await using receiver = startReceiver();
  const { token } = await first.givenCustomer({ auctionIds: [] });
  await first.givenSubscription(token, { url: receiver.url });
  first.clock.advance(SECOND);
  const eventId = await publish(first, { eventType: SOLD, payload: {} });
  const hidden = await first.call("GET", `/events/${eventId}/explain`, { auth: token });
  expect(problemIn(hidden)).toBe("404 event_not_found");
  await first.stop();
  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  expect((await explain(again, token, eventId)).subscriptions).toMatchObject([
    { matched: false, reason: "auction_ids", deliveries: [] },
  ]);
});

test("what happened in the event's own millisecond is told by what came of it", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  const before = await publish(app, { eventType: SOLD });
  await app.givenSubscription(token, { url: receiver.url });
  const after = await publish(app, { eventType: SOLD });
  await setStatus(app, token, SOLD, "paused");
  expect(reasonsIn(await explain(app, token, before))).toEqual({ [`sandbox#${SOLD}`]: "paused" });
  expect(reasonsIn(await explain(app, token, after))).toEqual({ [`sandbox#${SOLD}`]: null });
});

test("a delivery that was swept away is not taken for one that was never made", async () => {
  await using app = await startTestApp({ env: { RETENTION_DAYS: "1", RETRY_DELAYS: "0" } });
  await using good = startReceiver();
  await using bad = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: good.url });
  await app.givenSubscription(token, { url: bad.url, eventType: "*" });
  app.clock.advance(SECOND);
  const eventId = await publish(app, { eventType: SOLD });
  await app.advance(26 * 3600 * SECOND);
  const { subscriptions } = await explain(app, token, eventId); // the dead letter has kept the event
  expect(subscriptions).toMatchObject([
    { matched: true, deliveries: [], sentence: "The event went to it; the delivery was swept away since." },
    { matched: true, deliveries: [{ status: "failed" }] },
  ]);
});

test("a connector's event is its customer's alone", async () => {
  await using app = await startToyHub();
  await using upstream = startToyUpstream();
  await using receiver = startReceiver();
  upstream.touch("a");
  const { token } = await app.givenCustomer({ auctionIds: [] });
  const other = await app.givenCustomer();
  for (const each of [token, other.token])
    await app.givenSubscription(each, { url: receiver.url, eventType: "*" });
  const { connectorId } = await givenToy(app, token, upstream);
  await poll(app, token);
  await app.idle();
  const [delivery] = await app.deliveriesOf(token);
  const eventId = delivery?.eventId ?? "";
  expect(await explain(app, token, eventId)).toMatchObject({
    event: { door: `connector:${connectorId}`, auctionIds: [] },
    subscriptions: [{ matched: true, sentence: expect.stringContaining("no auction id") }],
    sentence: "It came from your connector toys and went to 1 of your 1 subscription: 1 delivered.",
  });
  const theirs = await app.call("GET", `/events/${eventId}`, { auth: other.token });
  expect(problemIn(theirs)).toBe("404 event_not_found");
});

test("of very many subscriptions those that have to do with the event are listed", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  for (let n = 0; n < 205; n++)
    await app.givenSubscription(token, { url: receiver.url, eventType: `other.${n}` });
  await app.givenSubscription(token, { url: receiver.url });
  const eventId = await publish(app, { eventType: SOLD });
  const { subscriptions, omitted } = await explain(app, token, eventId);
  expect(subscriptions).toHaveLength(200);
  expect(omitted).toBe(6);
  expect(subscriptions[0]).toMatchObject({ eventType: SOLD, matched: true });
});
