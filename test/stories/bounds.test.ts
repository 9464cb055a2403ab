import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { startReceiver } from "../support/receiver.ts";
import { PUBLISH_KEY, SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const DAY = 86_400 * SECOND;

const publish = (app: TestApp, n: number, id?: string) =>
  app.publish({ eventType: SOLD, payload: { "auction-id": "daanw", n }, ...(id && { id }) });

const refusedPublish = async (app: TestApp) => {
  const body = { eventType: SOLD, environment: "sandbox", payload: { "auction-id": "daanw" } };
  const answer = await app.call("POST", "/events", { auth: PUBLISH_KEY, body });
  return { status: answer.status, code: answer.json().code, retryAfter: answer.headers.get("retry-after") };
};

/** What the hub's file holds, table by table. */
function rowsIn({ dataDir }: TestApp, ...tables: string[]): number[] {
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  return tables.map(
    (table) => sqlite.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? -1,
  );
}

test("what has ended goes after its days, what a person may still need stays longer", async () => {
  await using app = await startTestApp({
    env: { RETENTION_DAYS: "1", DLQ_RETENTION_DAYS: "3", DEDUPE_DAYS: "2" },
  });
  await using receiver = startReceiver([200, 500]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await publish(app, 1, "first");
  await publish(app, 2);
  await publish(app, 3);
  await app.advance(40 * SECOND);
  const [, replayed] = (await app.deadLettersOf(token)).toReversed();
  receiver.answer(200);
  await app.call("POST", `/deliveries/dlq/${replayed?.deliveryId}/replay`, { auth: token });
  await app.advance(SECOND);
  expect(rowsIn(app, "events", "deliveries", "dedupe_keys")).toEqual([3, 4, 1]);

  await app.advance(DAY + 2 * 3600 * SECOND);
  expect(rowsIn(app, "events", "deliveries", "dedupe_keys")).toEqual([1, 1, 1]);
  expect(await app.deadLettersOf(token)).toMatchObject([{ replayedAt: null }]);
  await app.advance(DAY);
  expect(rowsIn(app, "events", "deliveries", "dedupe_keys")).toEqual([1, 1, 0]);
  await app.advance(DAY);
  expect(rowsIn(app, "events", "deliveries", "attempts")).toEqual([0, 0, 0]);
});

test("a delivery that is still pending keeps its event, however old", async () => {
  await using app = await startTestApp({ env: { RETENTION_DAYS: "1" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await publish(app, 1);
  await app.idle();
  const setStatus = (status: string) =>
    app.call("PATCH", `/subscriptions/sandbox/${SOLD}/status`, { auth: token, body: { status } });
  await setStatus("paused");
  await app.advance(5 * DAY);
  receiver.answer(200);
  await setStatus("active");
  await app.advance(SECOND);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "success", attempts: 2 }]);
});

test("recoveries that ended long ago go, and what they have delivered in its own time", async () => {
  await using app = await startTestApp({ env: { RETENTION_DAYS: "1" } });
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await publish(app, 1);
  await app.advance(SECOND);
  await app.givenSubscription(token, { url: receiver.url });
  const body = { since: "2026-01-01T00:00:00Z" };
  await app.call("POST", `/subscriptions/sandbox/${SOLD}/recover`, { auth: token, body });
  await app.advance(DAY - 3600 * SECOND);
  expect(rowsIn(app, "recoveries", "deliveries")).toEqual([1, 1]);
  await app.advance(3 * 3600 * SECOND);
  expect(rowsIn(app, "recoveries", "deliveries")).toEqual([0, 0]);
});

test("of the record of changes only the last of each stays, once no event is as old as the others", async () => {
  await using app = await startTestApp({ env: { RETENTION_DAYS: "1", DLQ_RETENTION_DAYS: "1" } });
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  for (const eventType of [SOLD, "ae.*"])
    await app.givenSubscription(token, { url: receiver.url, eventType });
  const setStatus = async (eventType: string, status: string) => {
    await app.advance(SECOND);
    const path = `/subscriptions/sandbox/${eventType}/status`;
    await app.call("PATCH", path, { auth: token, body: { status } });
  };
  const whyNot = async (eventId = "") => {
    const { subscriptions } = (await app.call("GET", `/events/${eventId}/explain`, { auth: token })).json();
    return subscriptions.map(({ reason }: { reason: string | null }) => reason);
  };
  await setStatus("ae.*", "paused");
  await app.advance(SECOND);
  receiver.answer(500);
  const [old] = await publish(app, 1);
  await app.advance(SECOND);
  await setStatus(SOLD, "paused"); // its delivery waits, and keeps the event
  for (const status of ["active", "paused"]) await setStatus("ae.*", status);
  expect(rowsIn(app, "changes")).toEqual([7]); // with the auction ids, and how each was made
  await app.advance(3 * DAY);
  expect(await whyNot(old?.eventId)).toEqual([null, "paused"]);
  expect(rowsIn(app, "changes")).toEqual([6]); // how "ae.*" was made was overtaken before the event came

  await app.call("DELETE", `/subscriptions/sandbox/${SOLD}`, { auth: token });
  await app.advance(2 * DAY);
  expect(rowsIn(app, "events", "changes")).toEqual([0, 3]);
  const [fresh] = await publish(app, 2);
  expect(await whyNot(fresh?.eventId)).toEqual(["deleted", "paused"]);
});

test("pages that are no longer needed are given back to the disk", async () => {
  await using app = await startTestApp({ env: { RETENTION_DAYS: "1" } });
  const pad = "x".repeat(10_000);
  for (let n = 0; n < 5; n++) {
    const events = Array.from({ length: 100 }, () => ({ eventType: SOLD, payload: { pad } }));
    await app.publish(JSON.stringify(events));
  }
  const pages = () => {
    using sqlite = new Database(join(app.dataDir, "lanehook.db"), { readonly: true });
    return sqlite.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0;
  };
  const full = pages();
  await app.advance(DAY + 2 * 3600 * SECOND);
  expect(rowsIn(app, "events")).toEqual([0]);
  expect(pages()).toBeLessThan(full / 5);
});

test("publishers are refused while the disk is nearly full; deliveries go on, and publishing by itself afterwards", async () => {
  let freeBytes = 10 * 1024 ** 3;
  await using app = await startTestApp({ seams: { freeBytes: () => freeBytes } });
  await using receiver = startReceiver([500, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await publish(app, 1);
  await app.idle();
  freeBytes = 199 * 1024 ** 2;
  await app.advance(2 * SECOND);
  expect(await refusedPublish(app)).toEqual({ status: 503, code: "disk_low", retryAfter: "30" });
  await app.advance(5 * SECOND);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "success" }]);
  freeBytes = 10 * 1024 ** 3;
  await app.advance(2 * SECOND);
  await publish(app, 2);
});

test("past MAX_PENDING publishers are refused until some are delivered, and nothing of theirs is kept", async () => {
  await using app = await startTestApp({ env: { MAX_PENDING: "3" } });
  await using receiver = startReceiver(500);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  for (let n = 1; n <= 3; n++) await publish(app, n);
  await app.idle();
  expect(await refusedPublish(app)).toEqual({ status: 503, code: "backlog_full", retryAfter: "5" });
  expect(rowsIn(app, "events")).toEqual([3]);
  receiver.answer(200);
  await app.advance(5 * SECOND);
  await publish(app, 4);
  await app.idle();
  expect(await app.deliveriesOf(token, "&status=success")).toHaveLength(4);
});

test("past MAX_PENDING_PER_SUBSCRIPTION the oldest becomes a dead letter, and publishers go on", async () => {
  await using app = await startTestApp({ env: { MAX_PENDING_PER_SUBSCRIPTION: "5" } });
  await using receiver = startReceiver();
  await using other = startReceiver();
  const [{ token }, { token: neighbour }] = [await app.givenCustomer(), await app.givenCustomer()];
  await app.givenSubscription(token, { url: receiver.url });
  await app.givenSubscription(neighbour, { url: other.url });
  await publish(app, 0);
  await app.idle();
  receiver.answer(503);
  for (let n = 1; n <= 5; n++) await publish(app, n);
  await app.idle(); // all five wait for their second attempt
  for (let n = 6; n <= 8; n++) await publish(app, n);
  await app.idle();
  const letters = await app.deadLettersOf(token);
  expect(letters).toHaveLength(3);
  expect(new Set(letters.map(({ failureReason }) => failureReason))).toEqual(new Set(["backlog full"]));
  expect(letters.map(({ payload }) => JSON.parse(payload).n).toSorted()).toEqual([1, 2, 3]);
  expect(await app.deliveriesOf(neighbour, "&status=success")).toHaveLength(9);
});

test("the counts of what is pending survive a restart", async () => {
  const first = await startTestApp({ env: { MAX_PENDING: "2" } });
  await using receiver = startReceiver(500);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await publish(first, 1);
  await publish(first, 2);
  await first.stop();
  await using again = await startTestApp({
    dataDir: first.dataDir,
    clock: first.clock,
    env: { MAX_PENDING: "2" },
  });
  expect(await refusedPublish(again)).toMatchObject({ code: "backlog_full" });
});
