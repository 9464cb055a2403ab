import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../src/log.ts";
import { problemIn } from "../support/problem.ts";
import { startReceiver } from "../support/receiver.ts";
import { PUBLISH_KEY, SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";
const PAGE_BYTES = 4096;

/** Events of about a page each, of which each tells its number. */
const event = (n: number) => ({
  eventType: SOLD,
  environment: "sandbox",
  payload: { "auction-id": "daanw", pad: `event-${n}.`.padEnd(2500, "x") },
});

/** Makes garbage of each page of a stopped hub's file that holds this text; the file as it was. */
function damage({ dataDir }: TestApp, text: string): Buffer {
  const path = join(dataDir, "lanehook.db");
  using sqlite = new Database(path);
  sqlite.query("PRAGMA wal_checkpoint(TRUNCATE)").all();
  const whole = readFileSync(path);
  const file = Buffer.from(whole);
  let at = file.indexOf(text);
  expect(at).toBeGreaterThan(0);
  for (; at >= 0; at = file.indexOf(text, at + 1)) {
    const page = at - (at % PAGE_BYTES);
    file.fill(0xff, page, page + PAGE_BYTES);
  }
  writeFileSync(path, file);
  return whole;
}

/** Keeps what a hub calls an error. */
function errorLog() {
  const errors: { fact: string; fields: object | undefined }[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (fact, fields) => void errors.push({ fact, fields }),
  };
  return { errors, log };
}

const publish = async (app: TestApp, n: number) =>
  app.call("POST", "/events", { auth: PUBLISH_KEY, body: event(n) });

test("damage that is met later is answered 503 and told, and nothing more is taken in", async () => {
  const first = await startTestApp({ env: { RETRY_DELAYS: "0" } });
  await using receiver = startReceiver(500);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  for (let n = 1; n <= 20; n++) await publish(first, n);
  await first.idle();
  await first.stop();
  damage(first, "event-7.");

  const { errors, log } = errorLog();
  const { dataDir, clock } = first;
  await using again = await startTestApp({ dataDir, clock, log, isDamaged: true });
  expect((await publish(again, 21)).status).toBe(202);
  await again.idle();
  const read = await again.call("GET", "/deliveries?limit=200", { auth: token });
  expect([problemIn(read), read.headers.get("retry-after")]).toEqual(["503 not_ready", "5"]);
  const replay = await again.call("POST", "/deliveries/dlq/replay", { auth: token });
  expect(problemIn(replay)).toBe("503 not_ready");
  const refused = await publish(again, 22);
  expect([problemIn(refused), refused.headers.get("retry-after")]).toEqual(["503 not_ready", "300"]);
  expect(errors).toContainEqual({
    fact: "database.failed",
    fields: { code: "SQLITE_CORRUPT", reason: expect.stringContaining("restore a backup") },
  });
  expect((await again.call("GET", "/health")).status).toBe(200);
});

test("an outcome that cannot be written keeps no hub from stopping, and is not forgotten", async () => {
  const first = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await first.givenCustomer();
  await first.givenSubscription(token, { url: receiver.url });
  await publish(first, 1);
  await first.idle();
  await first.stop();
  const whole = damage(first, "X-Webhook-Signature"); // of the attempt that was made: the next one cannot be written beside it

  const { errors, log } = errorLog();
  const { dataDir, clock } = first;
  const second = await startTestApp({ dataDir, clock, log, isDamaged: true });
  second.clock.advance(5 * SECOND);
  await receiver.got(2);
  await second.stop();
  expect(errors.map(({ fact }) => fact)).toContain("delivery.unwritten");

  writeFileSync(join(first.dataDir, "lanehook.db"), whole); // as from a backup
  await using restored = await startTestApp({ dataDir: first.dataDir, clock: first.clock });
  await restored.idle();
  expect(receiver.attempts()).toEqual([1, 2, 2]);
  expect(await restored.deliveriesOf(token)).toMatchObject([{ status: "success", attempts: 2 }]);
});
