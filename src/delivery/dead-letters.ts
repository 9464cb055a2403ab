import type { Database } from "bun:sqlite";
import { matches } from "../catalog/event-types.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Environment } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
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
import { BURIED, BURIED_FROM, type Buried, type Replays } from "./replays.ts";

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
  /**
   * Replays all that stand unreplayed now and pass the filter, oldest first; `failed` counts those whose
   * subscription was deleted.
   */
  replayAll(owner: Owner, filter: DeadLetterFilter): Promise<{ queued: number; failed: number }>;
}

/** Which dead letters are asked for; instants in ms UTC on `createdAt`, `until` exclusive. */
export interface DeadLetterFilter {
  environment?: Environment | undefined;
  /** A name or a pattern. */
  eventType?: string | undefined;
  /** The subscription's key as one text, such as `sandbox#ae.asset.*`. */
  subscription?: string | undefined;
  /** As its `failureReason` says it, to the letter. */
  reason?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

/** Dead letters looked at in one commit, and ms it may take: publishers in between wait for milliseconds only. */
const LETTERS_PER_COMMIT = 100;
const COMMIT_MS = 4;

type Row = DeliveryRow & { failureReason: string; settledAt: number; replayedAt: number | null };

type Candidate = Buried & {
  environment: Environment;
  eventType: string;
  subscription: string;
  reason: string;
  createdAt: number;
};

const LETTERS = `SELECT ${DELIVERY_COLUMNS}, d.failure_reason AS failureReason, d.settled_at AS settledAt,
  d.replayed_at AS replayedAt FROM deliveries d ${DELIVERY_JOINS}
  WHERE d.customer_id = ? AND d.status = 'failed' AND d.id < ? ORDER BY d.id DESC`;

/** Opens the dead letter queue. */
export function openDeadLetters(parts: {
  sqlite: Database;
  commits: GroupCommit;
  replays: Replays;
  dispatcher: { offer(fresh: readonly FreshDelivery[]): void };
  pageKeys: PageKeys;
  seams: Pick<Seams, "clock">;
}): DeadLetters {
  const { sqlite, commits, replays, dispatcher, pageKeys } = parts;
  const { clock } = parts.seams;
  const one = sqlite.prepare<Buried, [string, number]>(
    `${BURIED} ${BURIED_FROM} WHERE d.public_id = ? AND d.customer_id = ? AND d.status = 'failed'`,
  );
  const unreplayed = sqlite.prepare<Candidate, [number, number, number]>(
    `${BURIED}, e.environment, e.event_type AS eventType, d.created_at AS createdAt,
       s.environment || '#' || s.event_type AS subscription, d.failure_reason AS reason
     ${BURIED_FROM} JOIN events e ON e.id = d.event_id
     WHERE d.customer_id = ? AND d.status = 'failed' AND d.replayed_at IS NULL AND d.id > ? AND d.id <= ?
     ORDER BY d.id LIMIT ${LETTERS_PER_COMMIT}`,
  );
  const newest = sqlite.prepare<{ id: number | null }, [number]>(
    "SELECT max(id) AS id FROM deliveries WHERE customer_id = ? AND status = 'failed' AND replayed_at IS NULL",
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
        return buried === null ? new Problem("dead_letter_not_found") : replays.replay(buried);
      });
      if (made instanceof Problem) throw made;
      dispatcher.offer([made]);
    },

    async replayAll(owner, filter) {
      const total = { queued: 0, failed: 0 };
      const last = newest.get(owner.id)?.id ?? 0; // what these replays bury in their turn waits for the next call
      for (let after = 0; after < last; ) {
        const batch = await commits.run(() => replayNext(unreplayed.all(owner.id, after, last), filter));
        const fresh = batch.made.filter((each) => !(each instanceof Problem)) as FreshDelivery[];
        total.queued += fresh.length;
        total.failed += batch.made.length - fresh.length;
        dispatcher.offer(fresh);
        after = batch.lastId ?? last;
      }
      return total;
    },
  };

  /** Inside a commit: replays what passes, until its time is over; how far it came, null when there was nothing. */
  function replayNext(rows: Candidate[], filter: DeadLetterFilter) {
    const endsAt = clock.monotonic() + COMMIT_MS;
    const made: (FreshDelivery | Problem)[] = [];
    let lastId: number | null = null;
    for (const row of rows) {
      if (lastId !== null && clock.monotonic() >= endsAt) break;
      if (passes(row, filter)) made.push(replays.replay(row));
      lastId = row.id;
    }
    return { made, lastId };
  }

  /** Row by row, because a page may end long before the rows do. */
  function* list(customerId: number, below: number): Generator<Row> {
    const statement = sqlite.prepare<Row, [number, number]>(LETTERS);
    try {
      yield* statement.iterate(customerId, below);
    } finally {
      statement.finalize();
    }
  }
}

function passes(row: Candidate, filter: DeadLetterFilter): boolean {
  const { environment, eventType, subscription, reason, since, until } = filter;
  return (
    (subscription === undefined || row.subscription === subscription) &&
    (reason === undefined || row.reason === reason) &&
    (environment === undefined || row.environment === environment) &&
    (eventType === undefined || matches(eventType, row.eventType)) &&
    (since === undefined || row.createdAt >= since) &&
    (until === undefined || row.createdAt < until)
  );
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
