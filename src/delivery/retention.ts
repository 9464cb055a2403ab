import type { Database } from "bun:sqlite";
import type { Clock } from "../seams.ts";
import { BATCH, BATCH_MS, type Batch, type Cutoffs, oldestFirst, type Retention } from "./sweep.ts";

/** Deliveries looked at by one statement: an event may have gone to any number of subscriptions. */
const AT_ONCE = 20;

/** Pages given back to the file system in one batch. */
const PAGES = 64;

/** A delivery, as far as it decides how long it stays. */
interface AgedDelivery {
  id: number;
  customerId: number;
  status: "pending" | "success" | "failed" | "cancelled";
  settledAt: number | null;
  replayedAt: number | null;
}

/**
 * Prepares what a sweep removes of events, deliveries and dedupe keys, by the indexes of ordinary work. `letterGone`
 * hears, inside the transaction, of each dead letter that nobody replayed and that goes now.
 */
export function openRetention(parts: {
  sqlite: Database;
  seams: { clock: Pick<Clock, "monotonic"> };
  letterGone: (customerId: number) => void;
}): Retention {
  const { sqlite, letterGone } = parts;
  const { clock } = parts.seams;
  const eventsAfter = sqlite.prepare<{ id: number; at: number }, [number, number, number]>(
    `SELECT id, admitted_at AS at FROM events
     WHERE (admitted_at, id) > (?, ?) AND admitted_at < ? ORDER BY admitted_at, id LIMIT ${BATCH}`,
  );
  const deliveriesOf = sqlite.prepare<AgedDelivery, [number, number]>(
    `SELECT id, customer_id AS customerId, status, settled_at AS settledAt, replayed_at AS replayedAt
     FROM deliveries WHERE event_id = ? AND id > ? ORDER BY id LIMIT ${AT_ONCE}`,
  );
  const removeDelivery = sqlite.prepare("DELETE FROM deliveries WHERE id = ?");
  const removeEvent = sqlite.prepare(
    "DELETE FROM events WHERE id = ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event_id = events.id)",
  );
  const keysAfter = sqlite.prepare<{ scope: string; key: string; admittedAt: number }, [string, string]>(
    `SELECT scope, key, admitted_at AS admittedAt FROM dedupe_keys WHERE (scope, key) > (?, ?)
     ORDER BY scope, key LIMIT ${BATCH}`,
  );
  const removeKey = sqlite.prepare("DELETE FROM dedupe_keys WHERE scope = ? AND key = ?");
  const giveBack = sqlite.prepare(`PRAGMA incremental_vacuum(${PAGES})`);

  /** Each with its deliveries, which are never older; it goes with the last of them. */
  function events({ settled, deadLetters }: Cutoffs): Batch {
    let looked = 0; // the last delivery looked at of the present event
    const isOver = ({ settledAt, ...delivery }: AgedDelivery) =>
      settledAt !== null && settledAt < (isWaitingLetter(delivery) ? deadLetters : settled);
    return oldestFirst(clock, {
      after: ({ at, id }) => eventsAfter.all(at, id, Math.max(settled, deadLetters)),
      sweep(event) {
        const deliveries = deliveriesOf.all(event.id, looked);
        const over = deliveries.filter(isOver);
        for (const delivery of over) remove(delivery);
        const removed = over.length;
        const isDone = deliveries.length < AT_ONCE;
        looked = isDone ? 0 : (deliveries.at(-1)?.id ?? 0);
        if (!isDone || event.at >= settled) return { removed, isDone };
        return { removed: removed + removeEvent.run(event.id).changes, isDone };
      },
    });
  }

  function remove(delivery: AgedDelivery): void {
    removeDelivery.run(delivery.id);
    if (isWaitingLetter(delivery)) letterGone(delivery.customerId);
  }

  function dedupeKeys(cutoffs: Cutoffs): Batch {
    let after = { scope: "", key: "" };
    return () => {
      const rows = keysAfter.all(after.scope, after.key);
      let removed = 0;
      for (const { scope, key, admittedAt } of rows) {
        if (admittedAt < cutoffs.dedupeKeys && !scope.startsWith("connector:")) {
          removed += removeKey.run(scope, key).changes;
        }
      }
      after = rows.at(-1) ?? after;
      return { removed, isDone: rows.length < BATCH };
    };
  }

  /** The file shrinks when the next checkpoint comes. Each page costs more, the more of them are free. */
  function pages(): Batch {
    return () => {
      const endsAt = clock.monotonic() + BATCH_MS;
      let removed = 0;
      for (const _ of giveBack.iterate()) {
        removed += 1;
        if (clock.monotonic() >= endsAt) break;
      }
      return { removed, isDone: removed === 0 };
    };
  }

  return (cutoffs) => [events(cutoffs), dedupeKeys(cutoffs), pages()];
}

/** A dead letter that nobody has replayed. */
const isWaitingLetter = ({ status, replayedAt }: Pick<AgedDelivery, "status" | "replayedAt">) =>
  status === "failed" && replayedAt === null;
