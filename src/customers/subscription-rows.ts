import type { Store } from "../database/open.ts";
import type { Environment, subscriptions } from "../database/schema.ts";
import { openChanges } from "./changes.ts";

/** A subscription's row. */
export type Subscription = typeof subscriptions.$inferSelect;

/** Which subscription: a customer has at most one of a type or pattern in an environment. */
export interface SubscriptionKey {
  environment: Environment;
  eventType: string;
}

/** The rows of the subscriptions; a deleted one stays as a row but is not `live`. */
export interface SubscriptionRows {
  live(customerId: number, key: SubscriptionKey): Subscription | null;
  /** Live ones, in the order of their creation. */
  list(customerId: number, environment: Environment): Subscription[];
  /** Live ones of both environments. */
  count(customerId: number): number;
  /** Writes the row and the change that it is; one that was not live begins anew. Called inside a transaction. */
  save(
    customerId: number,
    next: SubscriptionKey & Pick<Subscription, "webhookUrl" | "status" | "recovery">,
    now: number,
  ): Subscription;
}

const COLUMNS = `id, customer_id AS customerId, environment, event_type AS eventType, webhook_url AS webhookUrl,
  status, created_at AS createdAt, updated_at AS updatedAt, recovery`;

/** Opens the subscriptions' rows. */
export function openSubscriptionRows({ store }: { store: Store }): SubscriptionRows {
  const changes = openChanges({ store });
  const statements = prepare(store.sqlite);

  function live(customerId: number, { environment, eventType }: SubscriptionKey): Subscription | null {
    return statements.live.get({ customerId, environment, eventType });
  }

  return {
    live,
    list: (customerId, environment) => statements.list.all({ customerId, environment }),
    count: (customerId) => statements.count.get({ customerId })?.live ?? 0,
    save(customerId, { environment, eventType, webhookUrl, status, recovery }, now) {
      const before = live(customerId, { environment, eventType });
      const createdAt = before?.createdAt ?? now;
      const key = { customerId, environment, eventType };
      const next = { ...key, webhookUrl, status, recovery, createdAt, updatedAt: now };
      const row = statements.save.get(next);
      if (row === null) throw new Error("an upsert without a condition returns its row");
      changes.record({
        customerId,
        at: now,
        actor: "customer",
        subject: "subscription",
        subjectKey: subscriptionKeyText(row),
        before: before && stateOf(before),
        after: status === "deleted" ? null : stateOf(row),
      });
      return row;
    },
  };
}

/** Prepared once, because promoting runs three of them for each of up to 10,000 rows while all others wait. */
function prepare(sqlite: Store["sqlite"]) {
  const theirs = "FROM subscriptions WHERE customer_id = $customerId AND status <> 'deleted'";
  return {
    live: sqlite.prepare<Subscription, { customerId: number; environment: Environment; eventType: string }>(
      `SELECT ${COLUMNS} ${theirs} AND environment = $environment AND event_type = $eventType`,
    ),
    list: sqlite.prepare<Subscription, { customerId: number; environment: Environment }>(
      `SELECT ${COLUMNS} ${theirs} AND environment = $environment ORDER BY created_at, id`,
    ),
    count: sqlite.prepare<{ live: number }, { customerId: number }>(`SELECT count(*) AS live ${theirs}`),
    save: sqlite.prepare<Subscription, Omit<Subscription, "id">>(
      `INSERT INTO subscriptions
         (customer_id, environment, event_type, webhook_url, status, recovery, created_at, updated_at)
       VALUES ($customerId, $environment, $eventType, $webhookUrl, $status, $recovery, $createdAt, $updatedAt)
       ON CONFLICT (customer_id, environment, event_type) DO UPDATE SET webhook_url = excluded.webhook_url,
         status = excluded.status, recovery = excluded.recovery, created_at = excluded.created_at, updated_at = excluded.updated_at
       RETURNING ${COLUMNS}`,
    ),
  };
}

/** The key as one text, such as `sandbox#ae.asset.upserted.ams`. */
export function subscriptionKeyText({ environment, eventType }: SubscriptionKey): string {
  return `${environment}#${eventType}`;
}

const stateOf = ({ webhookUrl, status, recovery }: Subscription) => ({ webhookUrl, status, recovery });
