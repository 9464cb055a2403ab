import type { Database } from "bun:sqlite";
import type { Clock } from "../seams.ts";

/** Until when what has ended is kept: what is older than these instants goes, ms UTC. */
export interface Cutoffs {
  /** Settled deliveries with their attempts, replayed dead letters, and events nothing refers to. */
  settled: number;
  /** Dead letters that were never replayed. */
  deadLetters: number;
  /** Dedupe keys of publishers; those of connectors stay for good. */
  dedupeKeys: number;
  /** Files that connectors have fetched. */
  documents: number;
}

/** One small batch of a sweep, to be run inside a commit: how many rows went, and whether this kind is done. */
export type Batch = () => { removed: number; isDone: boolean };

/** Rows looked at in one batch, those removed by one statement, and how long a batch may take, ms. */
const BATCH = 200;
const AT_ONCE = 20;
const BATCH_MS = 3;

/** Pages given back to the file system in one batch. */
const PAGES = 64;

/** The batches of one sweep, kind by kind; each is run until it is done. */
export type Retention = (cutoffs: Cutoffs) => Batch[];

/**
 * Prepares what a sweep removes. Walks the tables by their keys, so that ordinary work needs no index for it.
 * `lettersGone` hears, inside the transaction, of dead letters that nobody replayed and that go now.
 */
export function openRetention(parts: {
  sqlite: Database;
  seams: { clock: Pick<Clock, "monotonic"> };
  lettersGone: (customerId: number, count: number) => void;
}): Retention {
  const { sqlite, lettersGone } = parts;
  const { clock } = parts.seams;
  const deliveriesAfter = sqlite.prepare<{ id: number; createdAt: number }, [number]>(
    `SELECT id, created_at AS createdAt FROM deliveries WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
  );
  const removeDeliveries = sqlite.prepare(
    `DELETE FROM deliveries WHERE id > ? AND id <= ? AND (
       (status IN ('success', 'cancelled') AND settled_at < ?)
       OR (status = 'failed' AND replayed_at IS NOT NULL AND settled_at < ?)
       OR (status = 'failed' AND replayed_at IS NULL AND settled_at < ?))`,
  );
  const waitingLetters = sqlite.prepare<{ customerId: number; count: number }, [number, number, number]>(
    `SELECT customer_id AS customerId, count(*) AS count FROM deliveries
     WHERE id > ? AND id <= ? AND +status = 'failed' AND replayed_at IS NULL AND settled_at < ?
     GROUP BY customer_id`,
  );
  const eventsAfter = sqlite.prepare<{ id: number; admittedAt: number }, [number, number, number]>(
    `SELECT id, admitted_at AS admittedAt FROM events
     WHERE (admitted_at, id) > (?, ?) AND admitted_at < ? ORDER BY admitted_at, id LIMIT ${BATCH}`,
  );
  const removeEvent = sqlite.prepare(
    "DELETE FROM events WHERE id = ? AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event_id = events.id)",
  );
  const keysAfter = sqlite.prepare<{ scope: string; key: string; admittedAt: number }, [string, string]>(
    `SELECT scope, key, admitted_at AS admittedAt FROM dedupe_keys WHERE (scope, key) > (?, ?)
     ORDER BY scope, key LIMIT ${BATCH}`,
  );
  const removeKey = sqlite.prepare("DELETE FROM dedupe_keys WHERE scope = ? AND key = ?");
  const giveBack = sqlite.prepare(`PRAGMA incremental_vacuum(${PAGES})`);

  function deliveries({ settled, deadLetters }: Cutoffs): Batch {
    let after = 0;
    return () => {
      const rows = deliveriesAfter.all(after);
      const endsAt = clock.monotonic() + BATCH_MS;
      let removed = 0;
      let isDone = rows.length === 0;
      for (let n = AT_ONCE; n < rows.length + AT_ONCE && clock.monotonic() < endsAt; n += AT_ONCE) {
        const last = rows[Math.min(n, rows.length) - 1] ?? { id: after, createdAt: 0 };
        const letters = waitingLetters.all(after, last.id, deadLetters);
        removeDeliveries.run(after, last.id, settled, settled, deadLetters);
        removed += changes();
        for (const { customerId, count } of letters) lettersGone(customerId, count);
        after = last.id;
        isDone = last.createdAt >= Math.max(settled, deadLetters);
      }
      return { removed, isDone };
    };
  }

  function events({ settled }: Cutoffs): Batch {
    let after = { admittedAt: Number.MIN_SAFE_INTEGER, id: 0 };
    return () => {
      const rows = eventsAfter.all(after.admittedAt, after.id, settled);
      const endsAt = clock.monotonic() + BATCH_MS;
      let removed = 0;
      for (const row of rows) {
        removed += removeEvent.run(row.id).changes;
        after = row;
        if (clock.monotonic() >= endsAt) return { removed, isDone: false };
      }
      return { removed, isDone: rows.length < BATCH };
    };
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

  const counted = sqlite.prepare<{ n: number }, []>("SELECT changes() AS n");
  /** Of the last statement alone: what the bindings report counts cascades, too. */
  const changes = () => counted.get()?.n ?? 0;

  return (cutoffs) => [deliveries(cutoffs), events(cutoffs), dedupeKeys(cutoffs), pages()];
}
