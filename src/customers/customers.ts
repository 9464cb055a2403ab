import { asc, eq, sql } from "drizzle-orm";
import type { Store } from "../database/open.ts";
import { customers } from "../database/schema.ts";
import { hashKey } from "../sealer.ts";

/** Someone who subscribes; nothing secret in it. */
export interface Customer {
  id: number;
  publicId: string;
  email: string;
  name: string;
  status: "active" | "disabled";
  /** Tokens of an earlier version have ended. */
  tokenVersion: number;
  createdAt: number;
}

/** What a customer's row begins with. */
export type NewCustomer = Omit<typeof customers.$inferInsert, "id" | "status" | "tokenVersion" | "updatedAt">;

/** The rows of the customers; writes are called inside a transaction. */
export interface CustomerRows {
  byId(id: number): Customer | null;
  byPublicId(publicId: string): Customer | null;
  byEmail(email: string): Customer | null;
  byApiKey(apiKey: string): Customer | null;
  all(): Customer[];
  passwordHashOf(id: number): string | null;
  sealedApiKeyOf(id: number): Buffer | null;
  insert(customer: NewCustomer): Customer;
  /** Ends all tokens, too. */
  setPassword(id: number, change: { passwordHash: string; at: number }): void;
  setApiKey(id: number, key: { apiKeyHash: Buffer; apiKeySealed: Buffer; at: number }): void;
  endTokens(id: number, at: number): void;
  /** Ends all tokens, too. */
  setStatus(id: number, change: { status: Customer["status"]; at: number }): void;
}

const columns = {
  id: customers.id,
  publicId: customers.publicId,
  email: customers.email,
  name: customers.name,
  status: customers.status,
  tokenVersion: customers.tokenVersion,
  createdAt: customers.createdAt,
};

const nextVersion = sql`${customers.tokenVersion} + 1`;

/** Opens the customers' rows. */
export function openCustomerRows({ store }: { store: Store }): CustomerRows {
  const db = store.drizzle;
  const byPublicId = findBy("public_id = ?");
  const byApiKeyHash = findBy("api_key_hash = ?");

  /** Prepared once: these two are asked at each request. */
  function findBy(condition: string) {
    return store.sqlite.prepare<Customer, [string | Buffer]>(
      `SELECT id, public_id AS publicId, email, name, status, token_version AS tokenVersion,
         created_at AS createdAt FROM customers WHERE ${condition}`,
    );
  }

  return {
    byId: (id) => db.select(columns).from(customers).where(eq(customers.id, id)).get() ?? null,
    byPublicId: (publicId) => byPublicId.get(publicId),
    byEmail: (email) =>
      db
        .select(columns)
        .from(customers)
        .where(eq(customers.emailKey, emailKeyOf(email)))
        .get() ?? null,
    byApiKey: (apiKey) => byApiKeyHash.get(hashKey(apiKey)),
    all: () => db.select(columns).from(customers).orderBy(asc(customers.id)).all(),
    passwordHashOf: (id) => secretsOf(id)?.passwordHash ?? null,
    sealedApiKeyOf: (id) => secretsOf(id)?.apiKeySealed ?? null,
    insert: (customer) =>
      db
        .insert(customers)
        .values({ ...customer, updatedAt: customer.createdAt })
        .returning(columns)
        .get(),
    setPassword(id, { passwordHash, at }) {
      db.update(customers)
        .set({ passwordHash, tokenVersion: nextVersion, updatedAt: at })
        .where(eq(customers.id, id))
        .run();
    },
    setApiKey(id, { at, ...key }) {
      db.update(customers)
        .set({ ...key, updatedAt: at })
        .where(eq(customers.id, id))
        .run();
    },
    endTokens(id, at) {
      db.update(customers)
        .set({ tokenVersion: nextVersion, updatedAt: at })
        .where(eq(customers.id, id))
        .run();
    },
    setStatus(id, { status, at }) {
      db.update(customers)
        .set({ status, tokenVersion: nextVersion, updatedAt: at })
        .where(eq(customers.id, id))
        .run();
    },
  };

  function secretsOf(id: number) {
    const { passwordHash, apiKeySealed } = customers;
    return db.select({ passwordHash, apiKeySealed }).from(customers).where(eq(customers.id, id)).get();
  }
}

/** An e-mail as it is compared: without regard to case or composition. */
export function emailKeyOf(email: string): string {
  return email.trim().normalize("NFC").toLowerCase();
}
