import { and, asc, count, eq, ne } from "drizzle-orm";
import type { Store } from "../database/open.ts";
import { type Environment, subscriptions } from "../database/schema.ts";
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
    next: SubscriptionKey & Pick<Subscription, "webhookUrl" | "status">,
    now: number,
  ): Subscription;
}

/** Opens the subscriptions' rows. */
export function openSubscriptionRows({ store }: { store: Store }): SubscriptionRows {
  const db = store.drizzle;
  const changes = openChanges({ store });
  const isLive = ne(subscriptions.status, "deleted");

  function live(customerId: number, { environment, eventType }: SubscriptionKey): Subscription | null {
    const row = db
      .select()
      .from(subscriptions)
      .where(
        and(
          eq(subscriptions.customerId, customerId),
          eq(subscriptions.environment, environment),
          eq(subscriptions.eventType, eventType),
          isLive,
        ),
      )
      .get();
    return row ?? null;
  }

  return {
    live,
    list: (customerId, environment) =>
      db
        .select()
        .from(subscriptions)
        .where(
          and(eq(subscriptions.customerId, customerId), eq(subscriptions.environment, environment), isLive),
        )
        .orderBy(asc(subscriptions.createdAt), asc(subscriptions.id))
        .all(),
    count(customerId) {
      const theirs = and(eq(subscriptions.customerId, customerId), isLive);
      return db.select({ live: count() }).from(subscriptions).where(theirs).get()?.live ?? 0;
    },
    save(customerId, { environment, eventType, webhookUrl, status }, now) {
      const before = live(customerId, { environment, eventType });
      const state = { webhookUrl, status, createdAt: before?.createdAt ?? now, updatedAt: now };
      const row = db
        .insert(subscriptions)
        .values({ customerId, environment, eventType, ...state })
        .onConflictDoUpdate({
          target: [subscriptions.customerId, subscriptions.environment, subscriptions.eventType],
          set: state,
        })
        .returning()
        .get();
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

/** The key as one text, such as `sandbox#ae.asset.upserted.ams`. */
export function subscriptionKeyText({ environment, eventType }: SubscriptionKey): string {
  return `${environment}#${eventType}`;
}

const stateOf = ({ webhookUrl, status }: Subscription) => ({ webhookUrl, status });
