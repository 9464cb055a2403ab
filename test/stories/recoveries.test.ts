import { expect, test } from "bun:test";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const RECOVER = `/subscriptions/sandbox/${SOLD}/recover`;
const START = "2026-01-01T00:00:00.000Z";

const publish = (app: TestApp, n: number, auctionId = "daanw") =>
  app.publish({ eventType: SOLD, payload: { "auction-id": auctionId, n } });

const numbersOf = (deliveries: { payload: string }[]) =>
  deliveries.map(({ payload }) => JSON.parse(payload).n).toSorted((a, b) => a - b);

test("what was missed before subscribing, while paused and in dead letters is delivered, and nothing twice", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await publish(app, 1); // not yet subscribed
  await app.advance(SECOND);
  await app.givenSubscription(token, { url: receiver.url });
  await publish(app, 2); // delivered
  await app.advance(SECOND);
  const setStatus = (status: string) =>
    app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body: { status } });
  await setStatus("paused");
  await publish(app, 3);
  await setStatus("active");
  receiver.answer(500);
  await publish(app, 4); // becomes a dead letter
  await app.advance(40 * SECOND);
  receiver.answer(200);
  receiver.received.length = 0;

  const begun = await app.call("POST", RECOVER, { auth: token, body: { since: START } });
  expect(begun.status).toBe(202);
  expect(begun.json()).toMatchObject({ since: START, until: "2026-01-01T00:00:42.000Z", status: "running" });
  await app.advance(SECOND);
  expect(receiver.received.map(({ body }) => JSON.parse(body).n)).toEqual([1, 3, 4]);
  expect(await app.deadLettersOf(token)).toMatchObject([{ replayedAt: "2026-01-01T00:00:42.000Z" }]);
  const { recoveryId } = begun.json();
  const ended = { recoveryId, status: "finished", events: 4, deliveries: 3 };
  expect((await app.call("GET", `${RECOVER}/${recoveryId}`, { auth: token })).json()).toMatchObject(ended);

  await app.call("POST", RECOVER, { auth: token, body: { since: START } });
  await app.advance(SECOND);
  expect(receiver.received).toHaveLength(3);
  const { recoveries } = (await app.call("GET", RECOVER, { auth: token })).json();
  expect(recoveries).toMatchObject([{ events: 4, deliveries: 0 }, ended]);
});

test("only the events of that time are recovered, until exclusive", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  for (let n = 1; n <= 4; n++) {
    await publish(app, n);
    await app.advance(SECOND);
  }
  await app.givenSubscription(token, { url: receiver.url });
  const body = { since: "2026-01-01T00:00:01Z", until: "2026-01-01T01:00:03+01:00" };
  expect((await app.call("POST", RECOVER, { auth: token, body })).status).toBe(202);
  await app.advance(SECOND);
  expect(numbersOf(await app.deliveriesOf(token))).toEqual([2, 3]);
});

test("a customer recovers nothing that was not its own to see", async () => {
  await using app = await startTestApp({ env: { AUCTION_IDS: "operator" } });
  await using receiver = startReceiver();
  const { token, email } = await app.givenCustomer({ auctionIds: [] });
  await publish(app, 1); // before the id was assigned
  await app.advance(SECOND);
  await app.app.operator.assignAuctionIds(email, ["daanw"]);
  await publish(app, 2);
  await publish(app, 3, "other");
  await app.publish({ eventType: SOLD, payload: { n: 4 } }); // names no auction
  await app.advance(SECOND);
  await app.givenSubscription(token, { url: receiver.url });
  await app.call("POST", RECOVER, { auth: token, body: { since: START } });
  await app.advance(SECOND);
  expect(numbersOf(await app.deliveriesOf(token))).toEqual([2]);
});

test("patterns recover what they match, in their own environment", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  const payload = { "auction-id": "daanw" };
  await app.publish({ eventType: SOLD, payload: { ...payload, n: 1 } });
  await app.publish({ eventType: "ae.account.upserted.ams", payload: { ...payload, n: 2 } });
  await app.publish({ eventType: SOLD, environment: "production", payload: { ...payload, n: 3 } });
  await app.advance(SECOND);
  await app.givenSubscription(token, { url: receiver.url, eventType: "ae.asset.*" });
  const path = "/subscriptions/sandbox/ae.asset.*/recover";
  expect((await app.call("POST", path, { auth: token, body: { since: START } })).status).toBe(202);
  await app.advance(SECOND);
  expect(numbersOf(await app.deliveriesOf(token))).toEqual([1]);
});

test("a recovery goes on after a restart where it was, and can be cancelled", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await first.givenCustomer();
  const events = Array.from({ length: 1000 }, (_, n) => ({
    eventType: SOLD,
    environment: "sandbox",
    payload: { "auction-id": "daanw", n },
  }));
  await first.publish(JSON.stringify(events));
  await first.advance(SECOND);
  await first.givenSubscription(token, { url: receiver.url });
  const begun = await first.call("POST", RECOVER, { auth: token, body: { since: START } });
  expect(begun.json()).toMatchObject({ status: "running" });
  const second = await first.call("POST", RECOVER, { auth: token, body: { since: START } });
  expect([second.status, second.json().code]).toEqual([409, "recovery_running"]);
  await first.stop();

  await using again = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  await again.advance(SECOND);
  const path = `${RECOVER}/${begun.json().recoveryId}`;
  const read = (await again.call("GET", path, { auth: token })).json();
  expect(read).toMatchObject({ status: "finished", events: 1000, deliveries: 1000 });
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1000);
  const late = await again.call("DELETE", path, { auth: token });
  expect([late.status, late.json().code]).toEqual([409, "recovery_ended"]);

  const created = await again.call("PUT", "/subscriptions/sandbox", {
    auth: token,
    body: { eventType: "*", webhookUrl: receiver.url },
  });
  expect(created.status).toBe(201);
  const other = await again.call("POST", "/subscriptions/sandbox/*/recover", {
    auth: token,
    body: { since: START },
  });
  const cancelled = await again.call(
    "DELETE",
    `/subscriptions/sandbox/*/recover/${other.json().recoveryId}`,
    {
      auth: token,
    },
  );
  expect(cancelled.status).toBe(204);
  await again.advance(SECOND);
  const { recoveries } = (
    await again.call("GET", "/subscriptions/sandbox/*/recover", { auth: token })
  ).json();
  expect(recoveries).toMatchObject([{ status: "cancelled" }]);
  expect(recoveries[0].deliveries).toBeLessThan(1000);
});

test("what cannot be recovered is refused", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  const { token: stranger } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const begin = async (body: object, auth = token) => {
    const answer = await app.call("POST", RECOVER, { auth, body });
    return [answer.status, answer.json().code];
  };
  expect(await begin({ since: START }, stranger)).toEqual([404, "subscription_not_found"]);
  expect(await begin({})).toEqual([422, "invalid_input"]);
  expect(await begin({ since: "yesterday" })).toEqual([422, "invalid_input"]);
  expect(await begin({ since: "2026-01-02T00:00:00Z" })).toEqual([422, "invalid_input"]);
  expect(await begin({ since: START, until: START })).toEqual([422, "invalid_input"]);
  const unknown = await app.call("GET", `${RECOVER}/nothing`, { auth: token });
  expect([unknown.status, unknown.json().code]).toEqual([404, "recovery_not_found"]);
});
