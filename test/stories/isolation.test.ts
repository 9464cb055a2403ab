import { expect, test } from "bun:test";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { PUBLISH_KEY, SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

test("each customer gets the events of its own auctions, signed with its own secret", async () => {
  await using app = await startTestApp();
  await using ours = startReceiver();
  await using theirs = startReceiver();
  const we = await app.givenCustomer({ auctionIds: ["daanw", "both"] });
  const they = await app.givenCustomer({ auctionIds: ["cpaa", "both"] });
  await app.givenSubscription(we.token, { url: ours.url });
  await app.givenSubscription(they.token, { url: theirs.url });
  const publish = async (payload: object) => {
    const [event] = await app.publish({ eventType: SOLD, payload });
    return event?.deliveries;
  };
  expect(await publish({ "auction-id": "daanw" })).toBe(1);
  expect(await publish({ "auction-id": "cpaa" })).toBe(1);
  expect(await publish({ "auction-id": "both" })).toBe(2);
  expect(await publish({ "auction-id": "rckfrd" })).toBe(0);
  expect(await publish({ "auction-id": "DAANW" })).toBe(0);
  expect(await publish({ "cart-items": [{ "auction-id": "cpaa" }, { "auction-id": "both" }] })).toBe(2);
  expect(await publish({ vin: "1HGBH41JXMN109186" })).toBe(2); // names no auction
  await app.idle();
  expect([ours.received.length, theirs.received.length]).toEqual([4, 4]);
  expect(ours.received.some(({ body }) => body === '{"auction-id":"cpaa"}')).toBe(false);
  expect(theirs.received.some(({ body }) => body === '{"auction-id":"daanw"}')).toBe(false);
  const secrets = await Promise.all([we, they].map(({ token }) => get(app, "/signing-secret", token)));
  expect(secrets[0].signingSecret).not.toBe(secrets[1].signingSecret);
});

test("no list, delivery, dead letter or subscription of another customer can be seen or touched", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const we = await app.givenCustomer();
  const they = await app.givenCustomer();
  await app.givenSubscription(we.token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.advance(35 * SECOND);
  const [delivery] = await app.deliveriesOf(we.token);
  const { deliveryId = "", eventId = "" } = delivery ?? {};
  const asStranger = (method: string, path: string, body?: object) =>
    app.call(method, path, { auth: they.token, body });

  expect(await app.deliveriesOf(they.token)).toEqual([]);
  expect(await app.deliveriesOf(they.token, `&eventId=${eventId}`)).toEqual([]);
  expect(await app.deliveriesOf(they.token, "&status=failed")).toEqual([]);
  expect(await app.deadLettersOf(they.token)).toEqual([]);
  expect(await get(app, "/subscriptions/sandbox", they.token)).toEqual([]);
  expect((await asStranger("POST", "/subscriptions/promote")).json()).toEqual({ promoted: [], count: 0 });
  expect((await asStranger("POST", "/deliveries/dlq/replay")).json()).toEqual({ queued: 0, failed: 0 });

  const refusals = await Promise.all([
    asStranger("GET", `/deliveries/${deliveryId}`),
    asStranger("POST", `/deliveries/dlq/${deliveryId}/replay`),
    asStranger("DELETE", `/subscriptions/sandbox/${SOLD}`),
    asStranger("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { status: "paused" }),
  ]);
  expect(refusals.map(problemIn)).toEqual([
    "404 delivery_not_found",
    "404 dead_letter_not_found",
    "404 subscription_not_found",
    "404 subscription_not_found",
  ]);
  const unknown = await asStranger("GET", `/deliveries/${crypto.randomUUID()}`);
  expect(unknown.text).toBe(refusals[0]?.text ?? ""); // not even whether it exists is told

  expect((await get(app, `/deliveries/${deliveryId}`, we.token)).attemptLog).toHaveLength(3);
  expect(await get(app, "/subscriptions/sandbox", we.token)).toMatchObject([{ status: "active" }]);
  expect(await app.deadLettersOf(we.token)).toMatchObject([{ deliveryId, replayedAt: null }]);
});

test("a page key works for its own customer and its own list only", async () => {
  await using app = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const we = await app.givenCustomer();
  const they = await app.givenCustomer();
  for (const { token } of [we, they]) await app.givenSubscription(token, { url: receiver.url });
  for (let each = 0; each < 3; each++) await app.publish({ eventType: SOLD });
  await app.idle();
  const page = (list: string, token: string, lastKey = "") =>
    app.call("GET", `/deliveries${list}?limit=1${lastKey && `&lastKey=${lastKey}`}`, { auth: token });
  const ofDeliveries = (await page("", we.token)).json().nextKey;
  const ofDeadLetters = (await page("/dlq", we.token)).json().nextKey;
  expect((await page("", we.token, ofDeliveries)).status).toBe(200);
  expect((await page("/dlq", we.token, ofDeadLetters)).status).toBe(200);
  for (const [list, token, key] of [
    ["", they.token, ofDeliveries],
    ["/dlq", they.token, ofDeadLetters],
    ["", we.token, ofDeadLetters],
    ["/dlq", we.token, ofDeliveries],
    ["", we.token, `${ofDeliveries.slice(0, -1)}${ofDeliveries.endsWith("A") ? "Q" : "A"}`],
    ["", we.token, "MTIz"],
  ] as const) {
    expect(problemIn(await page(list, token, key))).toBe("422 invalid_page_key");
  }
});

test("a credential of the other kind is a bad one", async () => {
  await using app = await startTestApp();
  const { token, apiKey } = await app.givenCustomer();
  const event = { eventType: SOLD, payload: {} };
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { authorization: `Bearer ${apiKey}` },
    { "x-api-key": apiKey },
    { authorization: `Basic ${btoa(`anyone:${apiKey}`)}` },
  ]) {
    const answer = await app.call("POST", "/events", { headers, body: event });
    expect(problemIn(answer)).toBe("401 invalid_credentials");
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  }
  const reads = ["/deliveries", "/deliveries/dlq", "/subscriptions/sandbox", "/signing-secret", "/auth/me"];
  for (const path of [...reads, "/customers/me/auction-ids", "/event-catalog"]) {
    expect((await app.call("GET", path, { headers: { "x-api-key": apiKey } })).status).toBe(200);
    for (const headers of [{ authorization: `Bearer ${PUBLISH_KEY}` }, { "x-api-key": PUBLISH_KEY }])
      expect(problemIn(await app.call("GET", path, { headers }))).toBe("401 invalid_credentials");
    expect(problemIn(await app.call("GET", path))).toBe("401 missing_credentials");
  }
  expect(problemIn(await app.call("POST", "/events", { body: event }))).toBe("401 missing_credentials");
});

test("a publisher's key is taken in any of the three ways an EventBridge connection has", async () => {
  await using app = await startTestApp();
  const body = { eventType: SOLD, payload: {} };
  for (const headers of [
    { authorization: `Bearer ${PUBLISH_KEY}` },
    { "x-api-key": PUBLISH_KEY },
    { authorization: `Basic ${btoa(`bus:${PUBLISH_KEY}`)}` },
  ]) {
    expect((await app.call("POST", "/events", { headers, body })).status).toBe(202);
  }
});

test("where the operator assigns auction ids, a customer may only remove some", async () => {
  await using app = await startTestApp({ env: { AUCTION_IDS: "operator" } });
  const { token, customerId } = await app.givenCustomer({ auctionIds: [] });
  const put = (auctionIds: string[]) =>
    app.call("PUT", "/customers/me/auction-ids", { auth: token, body: { auctionIds } });
  expect(problemIn(await put(["daanw"]))).toBe("403 operator_assigns_auction_ids");
  expect(problemIn(await put(["*"]))).toBe("403 operator_assigns_auction_ids");
  await app.app.operator.assignAuctionIds(customerId, ["daanw", "cpaa", "*"]);
  expect(problemIn(await put(["daanw", "rckfrd"]))).toBe("403 operator_assigns_auction_ids");
  expect((await put(["cpaa"])).json()).toEqual({ auctionIds: ["cpaa"] });
  expect(problemIn(await put(["cpaa", "daanw"]))).toBe("403 operator_assigns_auction_ids");
  expect(await get(app, "/customers/me/auction-ids", token)).toEqual({ auctionIds: ["cpaa"] });
});

test("where the operator assigns auction ids, events that name no auction go only to customers given *", async () => {
  await using app = await startTestApp({ env: { AUCTION_IDS: "operator" } });
  await using plain = startReceiver();
  await using starred = startReceiver();
  const some = await app.givenCustomer({ auctionIds: [] });
  const star = await app.givenCustomer({ auctionIds: [] });
  await app.givenSubscription(some.token, { url: plain.url });
  await app.givenSubscription(star.token, { url: starred.url });
  await app.app.operator.assignAuctionIds(some.customerId, ["daanw"]);
  await app.app.operator.assignAuctionIds(star.customerId, ["*"]);
  expect(await app.publish({ eventType: SOLD, payload: {} })).toMatchObject([{ deliveries: 1 }]);
  await app.publish({ eventType: SOLD });
  await app.idle();
  expect(plain.received.map(({ body }) => body)).toEqual(['{"auction-id":"daanw"}']);
  expect(starred.received.map(({ body }) => body)).toEqual(["{}"]);
});

test("a disabled customer gets nothing until it is enabled, then what was pending", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token, customerId, apiKey } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await app.idle();
  await app.app.operator.disable(customerId);
  expect(await app.publish({ eventType: SOLD })).toMatchObject([{ deliveries: 0 }]);
  await app.advance(3600 * SECOND);
  expect(receiver.received).toHaveLength(1);
  expect((await app.call("GET", "/deliveries", { auth: token })).status).toBe(401);
  const byKey = await app.call("GET", "/deliveries", { headers: { "x-api-key": apiKey } });
  expect(problemIn(byKey)).toBe("403 customer_disabled");
  await app.app.operator.enable(customerId);
  await app.idle();
  expect(receiver.attempts()).toEqual([1, 2]);
});

const get = async (app: TestApp, path: string, token: string) =>
  (await app.call("GET", path, { auth: token })).json();
