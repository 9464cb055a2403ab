import type { Database } from "bun:sqlite";
import { patternsMatching } from "../catalog/event-types.ts";
import type { Environment } from "../database/schema.ts";

/** An event as it is stored, without its payload. */
export interface PastEvent {
  id: number;
  publicId: string;
  environment: Environment;
  eventType: string;
  auctionIds: string[];
  ownerId: number | null;
  door: string;
  admittedAt: number;
}

/** A subscription that may have had something to do with an event. */
export interface AskedSubscription {
  id: number;
  customerId: number;
  environment: Environment;
  eventType: string;
}

/** A delivery of the event. */
export interface MadeDelivery {
  publicId: string;
  subscriptionId: number;
  status: "pending" | "success" | "failed" | "cancelled";
  attempts: number;
  failureReason: string | null;
  replayOf: string | null;
  createdAt: number;
  dueAt: number | null;
}

/** Deliveries of one event to one customer that are read at most; replays can be any number. */
const MAX_DELIVERIES = 1000;

/** Prepares what explanations read. */
export function openExplainRows(sqlite: Database) {
  const event = sqlite.prepare<Omit<PastEvent, "auctionIds"> & { auctionIds: string | null }, [string]>(
    `SELECT id, public_id AS publicId, environment, event_type AS eventType, auction_ids AS auctionIds,
       owner_id AS ownerId, door, admitted_at AS admittedAt FROM events WHERE public_id = ?`,
  );
  const payload = sqlite.prepare<{ payload: string }, [number]>("SELECT payload FROM events WHERE id = ?");
  const connector = sqlite.prepare<{ name: string }, [string, number]>(
    "SELECT name FROM connectors WHERE public_id = ? AND customer_id = ?",
  );
  // The event is the shorter way; a deleted subscription counts only where it might have had this event.
  const deliveries = sqlite.prepare<MadeDelivery, [number, number]>(
    `SELECT public_id AS publicId, subscription_id AS subscriptionId, status, attempts,
       failure_reason AS failureReason, replay_of AS replayOf, created_at AS createdAt, due_at AS dueAt
     FROM deliveries WHERE event_id = ? AND +customer_id = ? ORDER BY id LIMIT ${MAX_DELIVERIES}`,
  );
  const subscriptions = sqlite.prepare<AskedSubscription, [number, Environment, string]>(
    `SELECT id, customer_id AS customerId, environment, event_type AS eventType FROM subscriptions
     WHERE customer_id = ? AND (status <> 'deleted'
       OR (environment = ? AND event_type IN (SELECT value FROM json_each(?)))) ORDER BY id`,
  );

  return {
    event(publicId: string): PastEvent | null {
      const row = event.get(publicId);
      return row && { ...row, auctionIds: row.auctionIds === null ? [] : JSON.parse(row.auctionIds) };
    },
    payload: (id: number): string => payload.get(id)?.payload ?? "",
    /** null where it was deleted long ago. */
    connectorName: (publicId: string, customerId: number): string | null =>
      connector.get(publicId, customerId)?.name ?? null,
    /** In the order they were made. */
    deliveries: (eventId: number, customerId: number): MadeDelivery[] => deliveries.all(eventId, customerId),
    subscriptions: (customerId: number, { environment, eventType }: PastEvent): AskedSubscription[] =>
      subscriptions.all(customerId, environment, JSON.stringify(patternsMatching(eventType))),
  };
}
