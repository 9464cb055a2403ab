import type { Database } from "bun:sqlite";
import { sealerFrom } from "../../src/sealer.ts";
import { inTransaction, openToSeed, SEEDED_TYPE } from "../support/seeded-deliveries.ts";
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

/** Makes a new hub's database with these customers, numbered from 0; customer n and its subscription have id n + 1. */
export async function seedCustomers(dataDir: string, customers: readonly Seeded[]): Promise<void> {
  {
    await using hub = await startHub(dataDir);
    await hub.stop(); // it has made the tables
  }
  using sqlite = openToSeed(dataDir);
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
      [id, id, SEEDED_TYPE, url, isPaused ? "paused" : "active", now, now],
    );
  };
}

/** How many deliveries of a hub that is not running have no outcome yet. */
export function countPending(dataDir: string): number {
  using sqlite = openToSeed(dataDir);
  const row = sqlite.query("SELECT count(*) AS n FROM deliveries WHERE status = 'pending'").get();
  return (row as { n: number }).n;
}
