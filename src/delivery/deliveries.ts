import type { Database } from "bun:sqlite";
import type { AttemptRecord } from "./attempt.ts";
import type { Backlog } from "./backlog.ts";
import type { DueDelivery, Lane } from "./lane.ts";
import type { Parcel } from "./parcel.ts";
import type { Refill } from "./ready-queue.ts";
import type { Settlement } from "./settle.ts";

/** A delivery to be made. */
export interface NewDelivery {
  publicId: string;
  /** The internal id of its event. */
  eventId: number;
  subscriptionId: number;
  customerId: number;
  dueAt: number;
  createdAt: number;
  replayOf: string | null;
}

/** What happens where a subscription has too many deliveries pending. */
export interface Overflow {
  /** Pending deliveries one subscription may have. */
  most: number;
  /** Deliveries that memory holds, under way perhaps: how many, and whether this is one. */
  heldBy(subscriptionId: number): ReadonlySet<number>;
  /** Inside the transaction: a delivery was buried without another attempt. */
  buried(id: number, customerId: number): void;
}

/** When a delivery can be due at the latest; instants in ms UTC. */
export interface LatestDue {
  now: number;
  latest: number;
  latestAsked: number;
}

/** The reason of dead letters that never got their attempts because too many others waited. */
const BACKLOG_FULL = "backlog full";

/** The oldest is sought among this many that are due first: a search for the very oldest would grow with the backlog. */
const OLDEST_AMONG = 256;

/** The hot statements on deliveries, prepared once. All that write run inside a commit. */
export type Deliveries = ReturnType<typeof openDeliveries>;

/** Prepares the statements that move deliveries through their states. */
export function openDeliveries({
  sqlite,
  backlog,
  overflow,
}: {
  sqlite: Database;
  backlog: Backlog;
  overflow: Overflow;
}) {
  const insert = sqlite.prepare<
    { id: number },
    [string, number, number, number, number, number, string | null]
  >(
    `INSERT INTO deliveries (public_id, event_id, subscription_id, customer_id, status, due_at, created_at, replay_of)
     VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)`,
  );
  const succeed = sqlite.prepare(
    `UPDATE deliveries SET status = 'success', due_at = NULL, settled_at = ?, last_attempt_at = ?, attempts = ?
     WHERE id = ? AND status = 'pending'`,
  );
  const bury = sqlite.prepare(
    `UPDATE deliveries SET status = 'failed', due_at = NULL, settled_at = ?, last_attempt_at = ?, attempts = ?,
       failure_reason = ? WHERE id = ? AND status = 'pending'`,
  );
  const retry = sqlite.prepare(
    `UPDATE deliveries SET due_at = ?, last_attempt_at = ?, attempts = ? WHERE id = ? AND status = 'pending'`,
  );
  const noteLateAttempt = sqlite.prepare(
    "UPDATE deliveries SET last_attempt_at = ?, attempts = ? WHERE id = ? AND status = 'cancelled'",
  );
  const recordAttempt = sqlite.prepare(
    `INSERT INTO attempts (delivery_id, attempt, at, duration_ms, resolve_ms, first_byte_ms, outcome, webhook_url,
       request_headers, response_status, response_headers, response_body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const cancelPending = sqlite.prepare(
    `UPDATE deliveries SET status = 'cancelled', due_at = NULL, settled_at = ?
     WHERE subscription_id = ? AND status = 'pending'`,
  );
  const due = sqlite.prepare<
    { id: number; subscriptionId: number; customerId: number; dueAt: number; attempts: number },
    [number, number, number]
  >(
    `SELECT id, subscription_id AS subscriptionId, customer_id AS customerId, due_at AS dueAt, attempts
     FROM deliveries WHERE subscription_id = ? AND status = 'pending' AND due_at <= ?
     ORDER BY due_at, attempts, id LIMIT ?`,
  );
  const nextDue = sqlite.prepare<{ at: number | null }, [number, number]>(
    "SELECT min(due_at) AS at FROM deliveries WHERE subscription_id = ? AND status = 'pending' AND due_at > ?",
  );
  const hasten = sqlite.prepare(
    `UPDATE deliveries SET due_at = ? WHERE subscription_id = ? AND status = 'pending' AND due_at > ?
       AND (due_at > ? OR due_at > ? + 1000 * coalesce((SELECT iif(asked GLOB '[0-9]*', CAST(asked AS INTEGER), 3600)
         FROM (SELECT json_extract(response_headers, '$."retry-after"') AS asked FROM attempts
           WHERE delivery_id = deliveries.id AND attempt = deliveries.attempts) WHERE asked IS NOT NULL), 0))`,
  );
  const parcel = sqlite.prepare<Parcel, [number]>(
    `SELECT d.public_id AS deliveryId, e.public_id AS eventId, e.event_type AS eventType, e.payload, e.environment
     FROM deliveries d JOIN events e ON e.id = d.event_id WHERE d.id = ? AND d.status = 'pending'`,
  );
  const firstDue = sqlite.prepare<
    { id: number; attempts: number; lastAttemptAt: number | null },
    [number, number]
  >(
    `SELECT id, attempts, last_attempt_at AS lastAttemptAt FROM deliveries
     WHERE subscription_id = ? AND status = 'pending' ORDER BY due_at, attempts, id LIMIT ?`,
  );

  /** The oldest goes, so that a receiver that takes nothing never stops the publishers. */
  function buryOldest({ subscriptionId, customerId }: NewDelivery, now: number): void {
    const held = overflow.heldBy(subscriptionId);
    const [first] = firstDue
      .all(subscriptionId, held.size + OLDEST_AMONG)
      .filter(({ id }) => !held.has(id))
      .sort((a, b) => a.id - b.id);
    if (first === undefined) return;
    bury.run(now, first.lastAttemptAt, first.attempts, BACKLOG_FULL, first.id);
    backlog.change(subscriptionId, -1);
    overflow.buried(first.id, customerId);
  }

  return {
    /** Adds a pending delivery; returns its internal id. */
    add(delivery: NewDelivery): number {
      const { publicId, eventId, subscriptionId, customerId, dueAt, createdAt, replayOf } = delivery;
      const { lastInsertRowid } = insert.run(
        publicId,
        eventId,
        subscriptionId,
        customerId,
        dueAt,
        createdAt,
        replayOf,
      );
      backlog.change(subscriptionId, 1);
      if (backlog.of(subscriptionId) > overflow.most) buryOldest(delivery, createdAt);
      return Number(lastInsertRowid);
    },

    /** Writes an attempt and what it means; false when the delivery was cancelled while it was under way. */
    settle({ id, subscriptionId }: DueDelivery, record: AttemptRecord, settlement: Settlement): boolean {
      const { attempt, at } = record;
      const endedAt = Math.round(at + record.durationMs);
      const { changes } =
        settlement.status === "success"
          ? succeed.run(endedAt, at, attempt, id)
          : settlement.status === "failed"
            ? bury.run(endedAt, at, attempt, settlement.reason, id)
            : retry.run(settlement.dueAt, at, attempt, id);
      if (changes === 0) noteLateAttempt.run(at, attempt, id);
      else if (settlement.status !== "pending") backlog.change(subscriptionId, -1);
      recordAttempt.run(
        id,
        attempt,
        at,
        record.durationMs,
        record.resolveMs,
        record.firstByteMs,
        record.outcome,
        record.webhookUrl,
        record.requestHeaders,
        record.responseStatus,
        record.responseHeaders,
        record.responseBody,
      );
      return changes === 1;
    },

    /** Cancels all that is pending for a subscription that is deleted. */
    cancelPending(subscriptionId: number, now: number): void {
      const { changes } = cancelPending.run(now, subscriptionId);
      backlog.change(subscriptionId, -changes);
    },

    /** The next due deliveries of a lane, ones it holds already among them, and when the next after those is due. */
    refill(lane: Lane, now: number): Refill {
      const limit = lane.held.size + lane.windowSize;
      const rows: DueDelivery[] = due.all(lane.subscriptionId, now, limit);
      const nextDueAt = nextDue.get(lane.subscriptionId, now)?.at ?? null;
      return { due: rows, hasMore: rows.length === limit, nextDueAt };
    },

    /**
     * What is due later than `latest` is due `now` instead, ms UTC, unless a receiver has asked for so long a wait, up to
     * `latestAsked`: no wait is longer, so a clock that was wrong has written it. One statement of its own, outside any
     * commit; it looks only at what is due so late.
     */
    hasten(subscriptionId: number, { now, latest, latestAsked }: LatestDue): void {
      hasten.run(now, subscriptionId, latest, latestAsked, now);
    },

    /** What an attempt sends; null when the delivery is no longer pending. */
    parcel(id: number): Parcel | null {
      return parcel.get(id);
    },
  };
}
