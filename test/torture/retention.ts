import type { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { openCheckpoints } from "../../src/database/checkpoints.ts";
import { GroupCommit } from "../../src/database/commit.ts";
import { DATABASE_FILE, openStore } from "../../src/database/open.ts";
import { openRetention } from "../../src/delivery/retention.ts";
import { openCheckpointThread } from "../../src/ground.ts";
import { realSeams } from "../../src/seams.ts";
import type { Claim } from "./claims.ts";
import { scratchFolder } from "./world.ts";

const DAY = 86_400_000;

/** One delivery in so many is a dead letter that nobody replayed; it stays, and its event. */
const DEAD_ONE_IN = 1000;

/** A commit of the sweep takes no longer than this in most cases, ms: nobody who shares it should notice. */
const SHORT_MS = 10;

/** Sweeps away a month-old database of so many events of 1 KiB, step by step as the upkeep does, and times each commit. */
export async function sweepOld({ rows }: { rows: number }): Promise<Claim[]> {
  using folder = scratchFolder();
  const now = Date.now();
  const store = openStore(folder.path, { now, fingerprint: "torture" });
  const { sqlite } = store;
  seed(sqlite, rows, now - 40 * DAY);
  const file = join(folder.path, DATABASE_FILE);
  sqlite.query("PRAGMA wal_checkpoint(TRUNCATE)").all();
  const before = statSync(file).size;

  const commits = new GroupCommit(sqlite);
  const retention = openRetention({ sqlite, seams: realSeams(), letterGone() {} });
  const checkpoints = openCheckpoints(store, openCheckpointThread);
  const cutoffs = { settled: now - 30 * DAY, deadLetters: now - 90 * DAY, dedupeKeys: now, documents: now };
  const times: number[] = [];
  for (const batch of retention(cutoffs)) {
    for (let isDone = false; !isDone; ) {
      const beganAt = performance.now();
      const result = await commits.run(batch);
      times.push(performance.now() - beganAt);
      isDone = result.isDone;
      if (result.removed > 0) checkpoints.catchUp();
    }
  }
  sqlite.query("PRAGMA wal_checkpoint(TRUNCATE)").all();
  const after = statSync(file).size;
  const kept = Math.ceil(rows / DEAD_ONE_IN);
  const left = ["events", "deliveries", "attempts"].map((table) => countIn(sqlite, table));
  store.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
  return [
    {
      claim: "what is too old goes; dead letters that nobody replayed stay, with their events",
      holds: left.every((count) => count === kept),
      found: `${rows} events of 40 days; left are ${left.join(", ")} events, deliveries, attempts`,
    },
    {
      claim: "in commits that nobody notices",
      holds: Number(at(0.5)) <= SHORT_MS,
      found: `${times.length} commits: half within ${at(0.5)} ms, 99 % within ${at(0.99)} ms, the longest ${at(1)} ms`,
    },
    {
      claim: "its pages are given back to the disk",
      holds: after < before / 4,
      found: `${toMiB(before)} MiB before, ${toMiB(after)} MiB after`,
    },
  ];
}

const toMiB = (bytes: number) => Math.round(bytes / 1024 / 1024);

const countIn = (sqlite: Database, table: string) =>
  sqlite.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? -1;

/** Events of one customer, each with a delivery and its attempt; the rows of a hub that has run for a while. */
function seed(sqlite: Database, rows: number, from: number): void {
  sqlite.run(
    `INSERT INTO customers (id, public_id, email, email_key, name, password_hash, api_key_hash, api_key_sealed, created_at, updated_at)
     VALUES (1, 'c', 'c', 'c', 'c', '', x'00', x'00', ?, ?)`,
    [from, from],
  );
  sqlite.run(
    `INSERT INTO subscriptions (id, customer_id, environment, event_type, webhook_url, status, created_at, updated_at)
     VALUES (1, 1, 'production', '*', 'http://127.0.0.1:1/', 'active', ?, ?)`,
    [from, from],
  );
  const event = sqlite.prepare(
    `INSERT INTO events (id, public_id, environment, event_type, payload, door, admitted_at)
     VALUES (?, ?, 'production', 'ae.asset.deal.sold.ams', ?, 'publisher:default', ?)`,
  );
  const delivery = sqlite.prepare(
    `INSERT INTO deliveries (id, public_id, event_id, subscription_id, customer_id, status, attempts, created_at,
       last_attempt_at, settled_at, failure_reason) VALUES (?, ?, ?, 1, 1, ?, 1, ?, ?, ?, ?)`,
  );
  const attempt = sqlite.prepare(
    `INSERT INTO attempts (delivery_id, attempt, at, duration_ms, outcome, webhook_url, request_headers)
     VALUES (?, 1, ?, 1, 'accepted', 'http://127.0.0.1:1/', ?)`,
  );
  const payload = JSON.stringify({ pad: "x".repeat(1000) });
  const headers = JSON.stringify({ "X-Webhook-Signature": "0".repeat(400) });
  const add = (id: number) => {
    const at = from + id;
    const [status, reason] = id % DEAD_ONE_IN === 1 ? ["failed", "HTTP 500"] : ["success", null];
    event.run(id, Bun.randomUUIDv7(), payload, at);
    delivery.run(id, Bun.randomUUIDv7(), id, status, at, at, at, reason);
    attempt.run(id, at, headers);
  };
  for (let made = 0; made < rows; made += 50_000) {
    sqlite.transaction(() => {
      for (let id = made + 1; id <= Math.min(rows, made + 50_000); id++) add(id);
    })();
  }
}
