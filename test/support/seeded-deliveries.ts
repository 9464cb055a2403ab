import { Database } from "bun:sqlite";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_FILE } from "../../src/database/open.ts";

/** The event type of all that is seeded. */
export const SEEDED_TYPE = "ae.asset.deal.sold.ams";

/** How many rows go into one transaction while seeding. */
const ROWS_AT_ONCE = 50_000;

/** Events that a hub is to find in its database, each with one delivery. */
export interface SeededDeliveries {
  count: number;
  /** The number of the customer they are for. */
  customer: number;
  /** Pending ones are due at once. */
  status: "pending" | "success";
  /** Bytes of a payload. */
  size: number;
  /** Time from one to the next, ms; the last is made now. Not given: all are made at once. */
  spacingMs?: number;
}

/**
 * Adds events and deliveries to the database of a hub that is not running. They are on the disk afterwards, as if the
 * hub had written them: else its first sync would write them all.
 */
export function seedDeliveries(dataDir: string, given: SeededDeliveries): void {
  addDeliveries(dataDir, given);
  const file = openSync(join(dataDir, DATABASE_FILE), "r+");
  fsyncSync(file);
  closeSync(file);
}

function addDeliveries(dataDir: string, given: SeededDeliveries): void {
  const { count, customer, status, size, spacingMs = 0 } = given;
  using sqlite = openToSeed(dataDir);
  const now = Date.now();
  const payload = JSON.stringify({ "auction-id": `a${customer}`, pad: "x".repeat(size - 40), n: null });
  const isDue = status === "pending";
  const addEvent = sqlite.prepare(
    `INSERT INTO events (public_id, environment, event_type, payload, auction_ids, door, admitted_at)
     VALUES (?, 'production', '${SEEDED_TYPE}', ?, '["a${customer}"]', 'publisher:default', ?)`,
  );
  const addDelivery = sqlite.prepare(
    `INSERT INTO deliveries (public_id, event_id, subscription_id, customer_id, status, attempts, due_at, created_at, last_attempt_at, settled_at)
     VALUES (?, ?, ?, ?, '${status}', ?, ?, ?, ?, ?)`,
  );
  const addPair = (madeAt: number) => {
    const { lastInsertRowid } = addEvent.run(Bun.randomUUIDv7(), payload, madeAt);
    const [attempts, dueAt, endedAt] = isDue ? [0, madeAt, null] : [1, null, madeAt];
    addDelivery.run(
      Bun.randomUUIDv7(),
      lastInsertRowid,
      customer + 1,
      customer + 1,
      attempts,
      dueAt,
      madeAt,
      endedAt,
      endedAt,
    );
  };
  for (let made = 0; made < count; made += ROWS_AT_ONCE) {
    inTransaction(sqlite, () => {
      for (let n = made; n < Math.min(made + ROWS_AT_ONCE, count); n++)
        addPair(now - (count - 1 - n) * spacingMs);
    });
  }
}

/** Opens the database of a hub that is not running. Safety is off: a run that is cut off throws its files away. */
export function openToSeed(dataDir: string): Database & Disposable {
  const sqlite = new Database(join(dataDir, DATABASE_FILE));
  sqlite.run("PRAGMA synchronous = OFF");
  sqlite.run("PRAGMA cache_size = -200000");
  return sqlite;
}

/** Does many writes as one. */
export function inTransaction(sqlite: Database, work: () => void): void {
  sqlite.run("BEGIN");
  work();
  sqlite.run("COMMIT");
}
