import type { Database } from "bun:sqlite";
import type { Environment } from "../database/schema.ts";

/** An event as it is stored. */
export interface StoredEvent {
  publicId: string;
  environment: Environment;
  eventType: string;
  payload: string;
  auctionIds: readonly string[];
  ownerId: number | null;
  door: string;
  admittedAt: number;
}

/** What a dedupe key was answered with the first time. */
export interface FirstResult {
  eventId: string;
  eventType: string;
  deliveries: number;
}

/** The statements on events and dedupe keys, prepared once. All that write run inside a commit. */
export type Events = ReturnType<typeof openEvents>;

/** Prepares the statements that admit events. */
export function openEvents(sqlite: Database) {
  const insert = sqlite.prepare(
    `INSERT INTO events (public_id, environment, event_type, payload, auction_ids, owner_id, door, admitted_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const findKey = sqlite.prepare<FirstResult, [string, string]>(
    `SELECT event_public_id AS eventId, event_type AS eventType, deliveries FROM dedupe_keys
     WHERE scope = ? AND key = ?`,
  );
  const insertKey = sqlite.prepare(
    `INSERT INTO dedupe_keys (scope, key, event_public_id, event_type, deliveries, admitted_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );

  return {
    /** Adds an event; returns its internal id. */
    add(event: StoredEvent): number {
      const { publicId, environment, eventType, payload, auctionIds, ownerId, door, admittedAt } = event;
      const auctions = auctionIds.length > 0 ? JSON.stringify(auctionIds) : null;
      const { lastInsertRowid } = insert.run(
        publicId,
        environment,
        eventType,
        payload,
        auctions,
        ownerId,
        door,
        admittedAt,
      );
      return Number(lastInsertRowid);
    },

    /** What a key that was admitted before was answered with. */
    firstResult(scope: string, key: string): FirstResult | null {
      return findKey.get(scope, key);
    },

    /** Remembers a key and its answer. */
    rememberKey(
      scope: string,
      key: string,
      { eventId, eventType, deliveries }: FirstResult,
      now: number,
    ): void {
      insertKey.run(scope, key, eventId, eventType, deliveries, now);
    },
  };
}
