import { expect, test } from "bun:test";
import { realSeams } from "../../src/seams.ts";
import { startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

/** How late an attempt may be on a busy machine. */
const TOLERANCE_MS = 1.5 * SECOND;

test("with the real clock and no setting, attempts come after about 0, 5 and 35 s, then the dead letter", async () => {
  const { clock } = realSeams();
  const times: number[] = [];
  await using receiver = startReceiver(() => {
    times.push(clock.monotonic());
    return new Response("no", { status: 500 });
  });
  await using app = await startTestApp({ seams: { clock } });
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const publishedAt = clock.monotonic();
  await app.publish({ eventType: SOLD });
  await receiver.got(3);
  await app.idle();
  expect(receiver.attempts()).toEqual([1, 2, 3]);
  for (const [n, planned] of [0, 5 * SECOND, 35 * SECOND].entries()) {
    const after = (times[n] ?? 0) - publishedAt;
    expect(after).toBeGreaterThanOrEqual(planned);
    expect(after).toBeLessThan(planned + TOLERANCE_MS);
  }
  const [deadLetter, ...others] = await app.deadLettersOf(token);
  expect(others).toEqual([]);
  expect(deadLetter).toMatchObject({ attempts: 3, failureReason: "HTTP 500: Internal Server Error" });
  const buriedAfter = Date.parse(deadLetter?.movedToDLQAt ?? "") - Date.parse(deadLetter?.createdAt ?? "");
  expect(buriedAfter).toBeGreaterThanOrEqual(35 * SECOND - 1);
  expect(buriedAfter).toBeLessThan(35 * SECOND + TOLERANCE_MS);
}, 60_000);

test("however much goes on, no wait is shorter than promised, as the receiver measures it", async () => {
  const { clock } = realSeams();
  const failedAt = new Map<string, number>();
  const waits: number[] = [];
  await using receiver = startReceiver((request) => {
    const delivery = request.headers.get("x-webhook-delivery") ?? "";
    const before = failedAt.get(delivery);
    if (before !== undefined) waits.push(clock.monotonic() - before);
    failedAt.set(delivery, clock.monotonic());
    return new Response("no", { status: 500 });
  });
  await using app = await startTestApp({ seams: { clock }, env: { RETRY_DELAYS: "0,0.3,0.3" } });
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  for (let n = 0; n < 150; n++) await app.publish({ eventType: SOLD });
  await receiver.got(450);
  expect(waits).toHaveLength(300);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(300);
}, 30_000);
