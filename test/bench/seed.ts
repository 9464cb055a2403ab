import { Database } from "bun:sqlite";
import { join } from "node:path";
import { DATABASE_FILE } from "../../src/database/open.ts";
import { sealerFrom } from "../../src/sealer.ts";
import { SECRET_KEY, startHub } from "./program.ts";
import { SIGNING_SECRET } from "./signing.ts";

/** One customer with one subscription. */
export interface Seeded {
  /** Where its webhooks go. */
  url: string;
  /** The auction whose events it gets; customer n has `a<n>` where none is given. */
  auctionId?: string;
  /** True: its subscription is paused. */
  isPaused?: boolean;
}

const TYPE = "ae.asset.deal.sold.ams";

/** How many rows go into one transaction while seeding. */
const ROWS_AT_ONCE = 50_000;

/** Makes a new hub's database with these customers, numbered from 0; customer n and its subscription have id n + 1. */
export async function seedCustomers(dataDir: string, customers: readonly Seeded[]): Promise<void> {
  {
    await using hub = await startHub(dataDir);
    await hub.stop(); // it has made the tables
  }
  using sqlite = openDatabase(dataDir);
  const add = customerAdder(sqlite);
  inTransaction(sqlite, () => {
    for (const [n, customer] of customers.entries()) add(n, customer);
  });
}

function customerAdder(sqlite: Database): (n: number, customer: Seeded) => void {
  const sealer = sealerFrom(SECRET_KEY, (length) => crypto.getRandomValues(new Uint8Array(length)));
  const now = Date.now();
  return (n, { url, auctionId = `a${n}`, isPaused = false }) => {
    const id = n + 1;
    const key = Buffer.from(`key-${n}`);
    sqlite.run(
      `INSERT INTO customers (id, public_id, email, email_key, name, password_hash, api_key_hash, api_key_sealed, created_at, updated_at)
       VALUES (?, ?, ?, ?, 'Bench', '', ?, ?, ?, ?)`,
      [id, Bun.randomUUIDv7(), `c${n}@example.com`, `c${n}@example.com`, key, key, now, now],
    );
    sqlite.run(
      "INSERT INTO auction_ids (customer_id, auction_id, assigned_at, position) VALUES (?, ?, ?, 0)",
      [id, auctionId, now],
    );
    sqlite.run("INSERT INTO signing_secrets (customer_id, sealed, created_at) VALUES (?, ?, ?)", [
      id,
      sealer.seal(SIGNING_SECRET, `signing-secret/${id}`),
      now,
    ]);
    sqlite.run(
      `INSERT INTO subscriptions (id, customer_id, environment, event_type, webhook_url, status, created_at, updated_at)
       VALUES (?, ?, 'production', ?, ?, ?, ?, ?)`,
      [id, id, TYPE, url, isPaused ? "paused" : "active", now, now],
    );
  };
}

/** Events that a hub is to find in its database, each with one delivery. */
export interface SeededDeliveries {
  count: number;
  /** The number of the customer they are for. */
  customer: number;
  /** Pending ones are due at once. */
  status: "pending" | "success";
  /** Bytes of a payload. */
  size: number;
}

/** Adds events and deliveries to the database of a hub that is not running. */
export function seedDeliveries(dataDir: string, { count, customer, status, size }: SeededDeliveries): void {
  using sqlite = openDatabase(dataDir);
  const now = Date.now();
  const payload = JSON.stringify({ "auction-id": `a${customer}`, pad: "x".repeat(size - 40), n: null });
  const isDue = status === "pending";
  const addEvent = sqlite.prepare(
    `INSERT INTO events (public_id, environment, event_type, payload, auction_ids, door, admitted_at)
     VALUES (?, 'production', '${TYPE}', ?, '["a${customer}"]', 'publisher:default', ?)`,
  );
  const addDelivery = sqlite.prepare(
    `INSERT INTO deliveries (public_id, event_id, subscription_id, customer_id, status, attempts, due_at, created_at, last_attempt_at, settled_at)
     VALUES (?, ?, ?, ?, '${status}', ?, ?, ?, ?, ?)`,
  );
  const addPair = () => {
    const { lastInsertRowid } = addEvent.run(Bun.randomUUIDv7(), payload, now);
    const [attempts, dueAt, endedAt] = isDue ? [0, now, null] : [1, null, now];
    addDelivery.run(
      Bun.randomUUIDv7(),
      lastInsertRowid,
      customer + 1,
      customer + 1,
      attempts,
      dueAt,
      now,
      endedAt,
      endedAt,
    );
  };
  for (let made = 0; made < count; made += ROWS_AT_ONCE) {
    inTransaction(sqlite, () => {
      for (let n = 0; n < Math.min(ROWS_AT_ONCE, count - made); n++) addPair();
    });
  }
}

/** How many deliveries of a hub that is not running have no outcome yet. */
export function countPending(dataDir: string): number {
  using sqlite = openDatabase(dataDir);
  const row = sqlite.query("SELECT count(*) AS n FROM deliveries WHERE status = 'pending'").get();
  return (row as { n: number }).n;
}

/** Safety is off while rows are made: a bench that is cut off throws its files away. */
function openDatabase(dataDir: string): Database & Disposable {
  const sqlite = new Database(join(dataDir, DATABASE_FILE));
  sqlite.run("PRAGMA synchronous = OFF");
  sqlite.run("PRAGMA cache_size = -200000");
  return sqlite;
}

function inTransaction(sqlite: Database, work: () => void): void {
  sqlite.run("BEGIN");
  work();
  sqlite.run("COMMIT");
}
