import { expect, test } from "bun:test";
import fc from "fast-check";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const OFFER = "ae.asset.offer.upserted.ams";

/** With this wait before the first attempt, deliveries only stand there. */
const NO_ATTEMPTS = { RETRY_DELAYS: "3600" };
const NOWHERE = "http://127.0.0.1:9/hook";

test("pages hold every delivery that stood at the start once, whatever arrives while they are read", async () => {
  await using app = await startTestApp({ env: NO_ATTEMPTS });
  const steps = fc.array(fc.record({ limit: fc.integer({ min: 1, max: 9 }), arriving: fc.nat(4) }), {
    minLength: 1,
    maxLength: 12,
  });
  const filter = fc.constantFrom("", "&status=pending", `&eventType=${SOLD}`, "&environment=sandbox");
  let runs = 0;
  const property = fc.asyncProperty(fc.nat(40), steps, filter, async (standing, steps, filter) => {
    const own = { auctionId: `auction-${++runs}` };
    const { token } = await givenSubscriber(app, NOWHERE, own);
    await publishMany(app, standing, own);
    const start = idsOf(await app.deliveriesOf(token));
    expect(start).toHaveLength(standing);
    const read: string[] = [];
    let key: string | null = null;
    for (let turn = 0; turn === 0 || key !== null; turn++) {
      const { limit, arriving } = steps[turn % steps.length] ?? { limit: 1, arriving: 0 };
      const page = await pageOf(app, token, { limit, key, query: filter });
      if (standing > 0) expect(page.deliveries).not.toBeEmpty(); // no page is empty for nothing
      read.push(...idsOf(page.deliveries));
      key = page.nextKey;
      await publishMany(app, arriving, own);
    }
    expect(read).toEqual(start);
  });
  await fc.assert(property, { numRuns: 30 });
});

test("pages stay whole while deliveries change their state", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver(500);
  const { token } = await givenSubscriber(app, receiver.url);
  await publishMany(app, 20);
  await app.idle();
  const read: string[] = [];
  let key: string | null = null;
  do {
    const page = await pageOf(app, token, { limit: 3, key });
    read.push(...idsOf(page.deliveries));
    key = page.nextKey;
    await app.advance(10 * SECOND);
  } while (key !== null);
  expect(read).toEqual(idsOf(await app.deliveriesOf(token)));
  expect(new Set(read).size).toBe(20);

  const letters: string[] = [];
  do {
    const query: string = `/deliveries/dlq?limit=7${key === null ? "" : `&lastKey=${key}`}`;
    const page: DeadLetterPage = (await app.call("GET", query, { auth: token })).json();
    letters.push(...idsOf(page.entries));
    key = page.nextKey;
    await publishMany(app, 1);
    await app.advance(35 * SECOND);
  } while (key !== null);
  expect(letters).toEqual(read);
});

test("a search through thousands of deliveries finds the few there are, each once", async () => {
  await using app = await startTestApp({ env: NO_ATTEMPTS });
  const { token } = await givenSubscriber(app, NOWHERE, { eventType: "*" });
  await publishMany(app, 1, { eventType: OFFER });
  await publishMany(app, 5500);
  await publishMany(app, 20, { eventType: OFFER }); // where the first 5,000 end, after which others have their turn
  await publishMany(app, 4990);
  const whole = await pageOf(app, token, { limit: 200, query: `&eventType=${OFFER}` });
  expect([new Set(idsOf(whole.deliveries)).size, whole.deliveries.length, whole.nextKey]).toEqual([
    21,
    21,
    null,
  ]);
  const found: string[] = [];
  let key: string | null = null;
  do {
    const page = await pageOf(app, token, { limit: 4, key, query: `&eventType=${OFFER}` });
    found.push(...idsOf(page.deliveries));
    key = page.nextKey;
  } while (key !== null);
  expect(found).toEqual(idsOf(whole.deliveries));
  const nothing = await pageOf(app, token, { limit: 200, query: "&eventType=nothing.of.it" });
  expect(nothing).toEqual({ deliveries: [], nextKey: null });
});

test("each filter gives what it says, and together they narrow", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([200, 500, 500, 500, 500]);
  const { token } = await givenSubscriber(app, receiver.url, { eventType: "*" });
  await app.givenSubscription(token, { url: receiver.url, eventType: "*", environment: "production" });
  const [sold] = await app.publish({ eventType: SOLD });
  await app.idle();
  await app.publish({ eventType: OFFER });
  await app.advance(35 * SECOND); // the offer's three failures
  await app.publish({ eventType: OFFER, environment: "production" });
  await app.idle();
  await app.call("PATCH", "/subscriptions/production/*/status", { auth: token, body: { status: "paused" } });

  const found = async (query: string) =>
    (await app.deliveriesOf(token, query)).map(
      ({ eventType, status, environment }) => `${environment} ${eventType} ${status}`,
    );
  const first = `sandbox ${SOLD} success`;
  const second = `sandbox ${OFFER} failed`;
  const third = `production ${OFFER} retrying`;
  expect(await found("")).toEqual([third, second, first]);
  expect(await found("&status=success")).toEqual([first]);
  expect(await found("&status=failed")).toEqual([second]);
  expect(await found("&status=retrying")).toEqual([third]);
  expect(await found("&status=pending")).toEqual([]);
  expect(await found("&status=cancelled")).toEqual([]);
  expect(await found("&environment=sandbox")).toEqual([second, first]);
  expect(await found(`&eventType=${OFFER}`)).toEqual([third, second]);
  expect(await found(`&eventType=${OFFER}&environment=production`)).toEqual([third]);
  expect(await found(`&eventId=${sold?.eventId}`)).toEqual([first]);
  expect(await found(`&eventId=${sold?.eventId}&status=failed`)).toEqual([]);
  expect(await found(`&eventId=${crypto.randomUUID()}`)).toEqual([]);
  expect(await found("&since=2026-01-01T00:00:00.000Z")).toEqual([third, second, first]);
  expect(await found("&since=2026-01-01T00:00:00.001Z")).toEqual([third]);
  expect(await found("&until=2026-01-01T00:00:35.000Z")).toEqual([second, first]); // exclusive
  expect(await found("&until=2026-01-01T00:00:35.001Z")).toEqual([third, second, first]);
  expect(await found("&since=2026-01-01T01:00:35%2B01:00")).toEqual([third]);

  await app.call("DELETE", "/subscriptions/production/*", { auth: token });
  expect(await found("&status=cancelled")).toEqual([`production ${OFFER} cancelled`]);
});

test("a query that cannot be is refused, never clamped", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  const limits = ["0", "-1", "201", "abc", "1.5", "", "1e9"].map((limit) => `limit=${limit}`);
  const others = ["environment=staging", "status=dead", "since=yesterday", "until=1700000000"];
  others.push("since=2026-01-01", "since=2026-01-01T00:00:00");
  for (const query of [...limits, ...others]) {
    const answer = await app.call("GET", `/deliveries?${query}`, { auth: token });
    expect(`${query} ${problemIn(answer)}`).toBe(`${query} 422 invalid_input`);
  }
  for (const query of limits) {
    const answer = await app.call("GET", `/deliveries/dlq?${query}`, { auth: token });
    expect(`${query} ${problemIn(answer)}`).toBe(`${query} 422 invalid_input`);
  }
  for (const key of ["", "MQ==", "0", "x".repeat(10_000), "%00"]) {
    for (const list of ["/deliveries", "/deliveries/dlq"]) {
      const answer = await app.call("GET", `${list}?lastKey=${key}`, { auth: token });
      expect(problemIn(answer)).toBe("422 invalid_page_key");
    }
  }
});

test("a page has 50 rows where nothing is said, 200 at most", async () => {
  await using app = await startTestApp({ env: NO_ATTEMPTS });
  const { token } = await givenSubscriber(app, NOWHERE);
  await publishMany(app, 200);
  const page = async (query: string) =>
    (await app.call("GET", `/deliveries${query}`, { auth: token })).json() as Page;
  expect(await page("")).toMatchObject({ nextKey: expect.any(String) });
  expect((await page("")).deliveries).toHaveLength(50);
  const all = await page("?limit=200");
  expect([all.deliveries.length, all.nextKey]).toEqual([200, null]);
});

test("a page ends at 4 MiB, and the next goes on there", async () => {
  await using app = await startTestApp({ env: NO_ATTEMPTS });
  const { token } = await givenSubscriber(app, NOWHERE);
  const payload = { "auction-id": "daanw", fill: "x".repeat(1_048_000) };
  for (let each = 0; each < 7; each++) await app.publish({ eventType: SOLD, payload });
  const pages: Page[] = [];
  let key: string | null = null;
  do {
    const page = await pageOf(app, token, { limit: 200, key });
    pages.push(page);
    key = page.nextKey;
  } while (key !== null);
  expect(pages.map(({ deliveries }) => deliveries.length)).toEqual([5, 2]);
  expect(new Set(pages.flatMap(({ deliveries }) => idsOf(deliveries))).size).toBe(7);
});

test("a delivery is found by its id, with each of its attempts and no secret in them", async () => {
  await using app = await startTestApp();
  const teapot = () => new Response("short and stout", { status: 418, headers: { "X-Pot": "tea" } });
  await using receiver = startReceiver([teapot, () => new Response("z".repeat(5000))]);
  const { token } = await givenSubscriber(app, receiver.url);
  await app.publish({ eventType: SOLD });
  await app.advance(5 * SECOND);
  const [listed] = await app.deliveriesOf(token);
  const answer = await app.call("GET", `/deliveries/${listed?.deliveryId}`, { auth: token });
  const { attemptLog, ...delivery } = answer.json();
  expect(delivery).toEqual(listed);
  expect(delivery).toMatchObject({
    status: "success",
    attempts: 2,
    lastAttemptAt: "2026-01-01T00:00:05.000Z",
    nextAttemptAt: null,
    replayOf: null,
    responseBody: "z".repeat(4096),
  });
  const [webhook] = receiver.received;
  expect(attemptLog).toEqual([
    {
      attempt: 1,
      at: "2026-01-01T00:00:00.000Z",
      durationMs: 0,
      resolveMs: null,
      firstByteMs: 0,
      outcome: expect.any(String),
      requestHeaders: expect.objectContaining({
        "X-Webhook-Attempt": "1",
        "X-Webhook-Event": SOLD,
        "webhook-signature": webhook?.headers["webhook-signature"] ?? "",
      }),
      responseStatus: 418,
      responseHeaders: expect.objectContaining({ "x-pot": "tea" }),
      responseBody: "short and stout",
      webhookUrl: receiver.url,
    },
    expect.objectContaining({ attempt: 2, at: "2026-01-01T00:00:05.000Z", responseStatus: 200 }),
  ]);
  expect(answer.text).not.toContain("whsec_");
});

interface Page {
  deliveries: { deliveryId: string; eventType: string }[];
  nextKey: string | null;
}

interface DeadLetterPage {
  entries: { deliveryId: string }[];
  nextKey: string | null;
}

async function pageOf(
  app: TestApp,
  token: string,
  { limit, key = null, query = "" }: { limit: number; key?: string | null; query?: string },
): Promise<Page> {
  const path = `/deliveries?limit=${limit}${query}${key === null ? "" : `&lastKey=${key}`}`;
  const answer = await app.call("GET", path, { auth: token });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.json();
}

const idsOf = (rows: readonly { deliveryId: string }[]) => rows.map(({ deliveryId }) => deliveryId);

async function givenSubscriber(app: TestApp, url: string, { eventType = SOLD, auctionId = "daanw" } = {}) {
  const customer = await app.givenCustomer({ auctionIds: [auctionId] });
  await app.givenSubscription(customer.token, { url, eventType });
  return customer;
}

async function publishMany(app: TestApp, count: number, { eventType = SOLD, auctionId = "daanw" } = {}) {
  const event = { eventType, environment: "sandbox", payload: { "auction-id": auctionId } };
  await app.publish(JSON.stringify(Array.from({ length: count }, () => event)));
}
