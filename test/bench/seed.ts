import { Database } from "bun:sqlite";
import { join } from "node:path";
import { DATABASE_FILE } from "../../src/database/open.ts";
import { sealerFrom } from "../../src/sealer.ts";
import { SECRET_KEY, startHub } from "./program.ts";

/** One customer with one subscription. */
export interface Seeded {
  /** Where its webhooks go. */
  url: string;
  /** The auction whose events it gets; customer n has `a<n>` where none is given. */
  auctionId?: string;
}

const TYPE = "ae.asset.deal.sold.ams";

/** How many rows go into one transaction while seeding. */
const ROWS_AT_ONCE = 50_000;

/** Makes a new hub's database with these customers, numbered from 0; the internal id of customer n is n + 1. */
export async function seedCustomers(dataDir: string, customers: readonly Seeded[]): Promise<void> {
  await (await startHub(dataDir))[Symbol.asyncDispose](); // makes the tables
  const sealer = sealerFrom(SECRET_KEY, (length) => crypto.getRandomValues(new Uint8Array(length)));
  using sqlite = openDatabase(dataDir);
  const now = Date.now();
  inTransaction(sqlite, () => {
    for (const [n, { url, auctionId = `a${n}` }] of customers.entries()) {
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
        sealer.seal(`whsec_${Buffer.alloc(32, 7).toString("base64")}`, `signing-secret/${id}`),
        now,
      ]);
      sqlite.run(
        `INSERT INTO subscriptions (id, customer_id, environment, event_type, webhook_url, status, created_at, updated_at)
         VALUES (?, ?, 'production', ?, ?, 'active', ?, ?)`,
        [id, id, TYPE, url, now, now],
      );
    }
  });
}

/** Adds events to a hub that is not running, each with one delivery to the first customer: all due, or all done. */
export function seedDeliveries(dataDir: string, count: number, status: "pending" | "success"): void {
  using sqlite = openDatabase(dataDir);
  const now = Date.now();
  const payload = JSON.stringify({ "auction-id": "a0", pad: "x".repeat(200), n: -1 });
  const addEvent = sqlite.prepare<{ id: number }, [string, string, number]>(
    `INSERT INTO events (public_id, environment, event_type, payload, auction_ids, door, admitted_at)
     VALUES (?, 'production', '${TYPE}', ?, '["a0"]', 'publisher:default', ?) RETURNING id`,
  );
  const addDelivery = sqlite.prepare(
    `INSERT INTO deliveries (public_id, event_id, subscription_id, customer_id, status, attempts, due_at, created_at, settled_at)
     VALUES (?, ?, 1, 1, '${status}', ?, ?, ?, ?)`,
  );
  const isDue = status === "pending";
  for (let made = 0; made < count; made += ROWS_AT_ONCE) {
    inTransaction(sqlite, () => {
      for (let n = 0; n < Math.min(ROWS_AT_ONCE, count - made); n++) {
        const event = addEvent.get(Bun.randomUUIDv7(), payload, now);
        addDelivery.run(
          Bun.randomUUIDv7(),
          event?.id ?? 0,
          isDue ? 0 : 1,
          isDue ? now : null,
          now,
          isDue ? null : now,
        );
      }
    });
  }
}

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
