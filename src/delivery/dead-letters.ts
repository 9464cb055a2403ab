import type { Database } from "bun:sqlite";
import type { GroupCommit } from "../database/commit.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Deliveries } from "./deliveries.ts";
import {
  DELIVERY_COLUMNS,
  DELIVERY_JOINS,
  type DeliveryRow,
  iso,
  type Owner,
  type ShownRow,
  shownRow,
} from "./delivery-rows.ts";
import type { FreshDelivery } from "./dispatcher.ts";
import type { PageKeys } from "./page-keys.ts";
import { type Page, takePage } from "./pages.ts";

/** A dead letter as its customer sees it: seed 000's fields. */
export interface ShownDeadLetter extends ShownRow {
  failureReason: string;
  attempts: number;
  createdAt: string;
  movedToDLQAt: string;
  replayedAt: string | null;
}

/** The dead letter queue: deliveries that failed for good, and the way back for them. */
export interface DeadLetters {
  /** Newest first, a page at a time. @throws Problem invalid_page_key */
  page(owner: Owner, at: { limit: number; lastKey?: string | undefined }): Promise<Page<ShownDeadLetter>>;
  /** Makes a new delivery of a dead letter. @throws Problem dead_letter_not_found, already_replayed, subscription_deleted */
  replay(owner: Owner, deliveryId: string): Promise<void>;
  /** Replays all that stand unreplayed now, oldest first; `failed` counts those whose subscription was deleted. */
  replayAll(owner: Owner): Promise<{ queued: number; failed: number }>;
}

/** Dead letters replayed in one commit: few enough that publishers in between wait for milliseconds only. */
const REPLAYS_PER_COMMIT = 100;

type Row = DeliveryRow & { failureReason: string; settledAt: number; replayedAt: number | null };

interface Buried {
  id: number;
  publicId: string;
  eventId: number;
  subscriptionId: number;
  customerId: number;
  replayedAt: number | null;
  isDeleted: number;
}

const BURIED = `SELECT d.id, d.public_id AS publicId, d.event_id AS eventId, d.subscription_id AS subscriptionId,
  d.customer_id AS customerId, d.replayed_at AS replayedAt, s.status = 'deleted' AS isDeleted
  FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id`;

const LETTERS = `SELECT ${DELIVERY_COLUMNS}, d.failure_reason AS failureReason, d.settled_at AS settledAt,
  d.replayed_at AS replayedAt FROM deliveries d ${DELIVERY_JOINS}
  WHERE d.customer_id = ? AND d.status = 'failed' AND d.id < ? ORDER BY d.id DESC`;

/** Opens the dead letter queue. */
export function openDeadLetters(parts: {
  sqlite: Database;
  commits: GroupCommit;
  deliveries: Deliveries;
  dispatcher: { offer(fresh: readonly FreshDelivery[]): void };
  pageKeys: PageKeys;
  seams: Pick<Seams, "clock" | "newId">;
  /** The wait before the first attempt, ms. */
  firstDelayMs: number;
}): DeadLetters {
  const { sqlite, commits, dispatcher, pageKeys, seams } = parts;
  const one = sqlite.prepare<Buried, [string, number]>(
    `${BURIED} WHERE d.public_id = ? AND d.customer_id = ? AND d.status = 'failed'`,
  );
  const unreplayed = sqlite.prepare<Buried, [number, number, number]>(
    `${BURIED} WHERE d.customer_id = ? AND d.status = 'failed' AND d.replayed_at IS NULL AND d.id > ? AND d.id <= ?
     ORDER BY d.id LIMIT ${REPLAYS_PER_COMMIT}`,
  );
  const newest = sqlite.prepare<{ id: number | null }, [number]>(
    "SELECT max(id) AS id FROM deliveries WHERE customer_id = ? AND status = 'failed' AND replayed_at IS NULL",
  );
  const markReplayed = sqlite.prepare(
    "UPDATE deliveries SET replayed_at = ? WHERE id = ? AND status = 'failed' AND replayed_at IS NULL",
  );

  return {
    async page(owner, { limit, lastKey }) {
      const place = pageKeys.placeOf("dlq", owner.id, lastKey);
      const { page, lastId } = await takePage(list(owner.id, place), limit, (row) => shown(row, owner));
      return { items: page, nextKey: lastId === null ? null : pageKeys.keyFor("dlq", owner.id, lastId) };
    },

    async replay(owner, deliveryId) {
      const made = await commits.run(() => {
        const buried = one.get(deliveryId, owner.id);
        return buried === null ? new Problem("dead_letter_not_found") : replayOf(buried);
      });
      if (made instanceof Problem) throw made;
      dispatcher.offer([made]);
    },

    async replayAll(owner) {
      const total = { queued: 0, failed: 0 };
      const last = newest.get(owner.id)?.id ?? 0; // what these replays bury in their turn waits for the next call
      for (let after = 0; after < last; ) {
        const batch = await commits.run(() => {
          const rows = unreplayed.all(owner.id, after, last);
          return { made: rows.map(replayOf), lastId: rows.at(-1)?.id ?? last };
        });
        const fresh = batch.made.filter((each) => !(each instanceof Problem)) as FreshDelivery[];
        total.queued += fresh.length;
        total.failed += batch.made.length - fresh.length;
        dispatcher.offer(fresh);
        after = batch.lastId;
      }
      return total;
    },
  };

  /** Row by row, because a page may end long before the rows do. */
  function* list(customerId: number, below: number): Generator<Row> {
    const statement = sqlite.prepare<Row, [number, number]>(LETTERS);
    try {
      yield* statement.iterate(customerId, below);
    } finally {
      statement.finalize();
    }
  }

  /** Inside a commit: a new delivery of the same event to the same subscription, with all its attempts before it. */
  function replayOf(buried: Buried): FreshDelivery | Problem {
    if (buried.replayedAt !== null) return new Problem("already_replayed");
    if (buried.isDeleted === 1) return new Problem("subscription_deleted");
    const now = seams.clock.now();
    markReplayed.run(now, buried.id);
    const { eventId, subscriptionId, customerId } = buried;
    const dueAt = now + parts.firstDelayMs;
    const id = parts.deliveries.add({
      publicId: seams.newId(),
      eventId,
      subscriptionId,
      customerId,
      dueAt,
      createdAt: now,
      replayOf: buried.publicId,
    });
    return { id, subscriptionId, customerId, dueAt, attempts: 0, parcel: null };
  }
}

function shown(row: Row, owner: Owner): ShownDeadLetter {
  return {
    ...shownRow(row, owner),
    failureReason: row.failureReason,
    attempts: row.attempts,
    createdAt: iso(row.createdAt),
    movedToDLQAt: iso(row.settledAt),
    replayedAt: iso(row.replayedAt),
  };
}
