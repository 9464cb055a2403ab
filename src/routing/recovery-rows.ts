import type { Database } from "bun:sqlite";
import type { Environment } from "../database/schema.ts";
import { BATCH } from "../delivery/sweep.ts";

/** A recovery as it is stored, with its subscription's key; instants in ms UTC. */
export interface Recovery {
  id: number;
  publicId: string;
  subscriptionId: number;
  customerId: number;
  environment: Environment;
  /** A name or a pattern. */
  eventType: string;
  since: number;
  until: number;
  status: "running" | "finished" | "cancelled";
  createdAt: number;
  finishedAt: number | null;
  /** How far it has come: the last event looked at. */
  cursorAt: number;
  cursorId: number;
  events: number;
  deliveries: number;
}

/** A stored event as a recovery looks at it. */
export interface PastEvent {
  id: number;
  eventType: string;
  auctionIds: string[];
  ownerId: number | null;
  admittedAt: number;
}

/** Recoveries of a subscription that are listed at most. */
const MAX_LISTED = 100;

const RECOVERY = `SELECT r.id, r.public_id AS publicId, r.subscription_id AS subscriptionId,
  s.customer_id AS customerId, s.environment, s.event_type AS eventType, r.since, r.until, r.status,
  r.created_at AS createdAt, r.finished_at AS finishedAt, r.cursor_at AS cursorAt, r.cursor_id AS cursorId,
  r.events, r.deliveries FROM recoveries r JOIN subscriptions s ON s.id = r.subscription_id`;

/** Opens the recoveries' rows; what writes is called inside a commit. */
export function openRecoveryRows(sqlite: Database) {
  const running = sqlite.prepare<Recovery, [number]>(`${RECOVERY} WHERE r.id = ? AND r.status = 'running'`);
  const runningOf = sqlite.prepare<{ id: number }, [number]>(
    "SELECT id FROM recoveries WHERE subscription_id = ? AND status = 'running'",
  );
  const allRunning = sqlite.prepare<{ id: number }, []>(
    "SELECT id FROM recoveries WHERE status = 'running' ORDER BY id",
  );
  const one = sqlite.prepare<Recovery, [number, string]>(
    `${RECOVERY} WHERE r.subscription_id = ? AND r.public_id = ?`,
  );
  const list = sqlite.prepare<Recovery, [number]>(
    `${RECOVERY} WHERE r.subscription_id = ? ORDER BY r.id DESC LIMIT ${MAX_LISTED}`,
  );
  const insert = sqlite.prepare(
    `INSERT INTO recoveries (public_id, subscription_id, since, until, status, created_at, cursor_at, cursor_id)
     VALUES (?, ?, ?, ?, 'running', ?, ?, 0)`,
  );
  const save = sqlite.prepare(
    `UPDATE recoveries SET cursor_at = ?, cursor_id = ?, events = ?, deliveries = ?, status = ?, finished_at = ?
     WHERE id = ?`,
  );
  const cancel = sqlite.prepare(
    `UPDATE recoveries SET status = 'cancelled', finished_at = ?
     WHERE subscription_id = ? AND status = 'running'`,
  );
  const removeEnded = sqlite.prepare(
    `DELETE FROM recoveries WHERE id IN
       (SELECT id FROM recoveries WHERE finished_at < ? ORDER BY finished_at LIMIT ${BATCH})`,
  );
  const events = sqlite.prepare<
    Omit<PastEvent, "auctionIds"> & { auctionIds: string | null },
    [string, number, number, number, number]
  >(
    `SELECT id, event_type AS eventType, auction_ids AS auctionIds, owner_id AS ownerId, admitted_at AS admittedAt
     FROM events WHERE environment = ? AND (admitted_at, id) > (?, ?) AND admitted_at < ?
     ORDER BY admitted_at, id LIMIT ?`,
  );

  return {
    /** Null when it has ended. */
    running: (id: number): Recovery | null => running.get(id),
    hasRunning: (subscriptionId: number): boolean => runningOf.get(subscriptionId) !== null,
    allRunning: (): number[] => allRunning.all().map(({ id }) => id),
    find: (subscriptionId: number, publicId: string): Recovery | null => one.get(subscriptionId, publicId),
    /** Newest first. */
    list: (subscriptionId: number): Recovery[] => list.all(subscriptionId),
    add(given: {
      publicId: string;
      subscriptionId: number;
      since: number;
      until: number;
      now: number;
    }): Recovery {
      const { publicId, subscriptionId, since, until, now } = given;
      const { lastInsertRowid } = insert.run(publicId, subscriptionId, since, until, now, since);
      const added = running.get(Number(lastInsertRowid));
      if (added === null) throw new Error("a row that was just added is there");
      return added;
    },
    /** Writes how far it has come; with an instant, that it has finished. */
    save({ id, cursorAt, cursorId, events, deliveries }: Recovery, finishedAt: number | null): void {
      const status = finishedAt === null ? "running" : "finished";
      save.run(cursorAt, cursorId, events, deliveries, status, finishedAt, id);
    },
    /** Ends the one that runs, if any. */
    cancel: (subscriptionId: number, now: number): void => void cancel.run(now, subscriptionId),
    /** Some of those that ended before an instant. */
    removeEnded: (before: number) => removeEnded.run(before),
    /** The next events of its environment, in the order of their admission. */
    events: ({ environment, cursorAt, cursorId, until }: Recovery, limit: number): PastEvent[] =>
      events.all(environment, cursorAt, cursorId, until, limit).map(({ auctionIds, ...event }) => ({
        ...event,
        auctionIds: auctionIds === null ? [] : (JSON.parse(auctionIds) as string[]),
      })),
  };
}
