import type { Clock } from "../seams.ts";

/** Until when what has ended is kept: what is older than these instants goes, ms UTC. */
export interface Cutoffs {
  /** Settled deliveries with their attempts, replayed dead letters, events nothing refers to, and what else has ended. */
  settled: number;
  /** Dead letters that were never replayed. */
  deadLetters: number;
  /** Dedupe keys of publishers; those of connectors stay for good. */
  dedupeKeys: number;
  /** Files that connectors have fetched. */
  documents: number;
}

/** How many rows went, and whether there is no more to do. */
export interface Swept {
  removed: number;
  isDone: boolean;
}

/** One small batch of a sweep, to be run inside a commit: whether this kind is done. */
export type Batch = () => Swept;

/** The batches of one sweep, kind by kind; each is run until it is done. Every noun offers that of its own rows. */
export type Retention = (cutoffs: Cutoffs) => Batch[];

/** Rows looked at in one batch, and how long it may take, ms. */
export const BATCH = 200;
export const BATCH_MS = 3;

/** A row by its age. */
interface Aged {
  at: number;
  id: number;
}

/**
 * Looks through rows once, those longest ago first. One that must stay is passed over, and one from a clock that ran
 * ahead comes last: no row holds up another. `after` gives the next rows behind a place, at most BATCH; `sweep` what
 * goes of one of them, a part at a time where that may be much.
 */
export function oldestFirst<Row extends Aged>(
  clock: Pick<Clock, "monotonic">,
  { after, sweep }: { after: (last: Aged) => Row[]; sweep: (row: Row) => Swept },
): Batch {
  let last: Aged = { at: Number.MIN_SAFE_INTEGER, id: 0 };
  return () => {
    const endsAt = clock.monotonic() + BATCH_MS;
    const rows = after(last);
    let removed = 0;
    for (const row of rows) {
      for (let isDone = false; !isDone; ) {
        const swept = sweep(row);
        removed += swept.removed;
        isDone = swept.isDone;
        if (isDone) last = row;
        if (clock.monotonic() >= endsAt) return { removed, isDone: false };
      }
    }
    return { removed, isDone: rows.length < BATCH };
  };
}

/** Repeats a removal of at most BATCH rows until it finds no more. */
export function untilNone(remove: () => { changes: number }): Batch {
  return () => {
    const { changes: removed } = remove();
    return { removed, isDone: removed < BATCH };
  };
}
