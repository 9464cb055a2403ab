import type { Store } from "./open.ts";

/** What the thread is asked: to move what it can, or to end. */
export type CheckpointCall = { ask: "move"; path: string } | { ask: "close" };

/** What the thread tells when it is done. */
export type CheckpointReport = { tell: "moved" } | { tell: "closed" };

/**
 * Pages in the log that are not in the file yet, past which the thread moves them: 8 MiB. A commit that syncs the log
 * while the thread syncs the file waits for it, so one move must not be long.
 */
const MANY_PAGES = 2048;

/** Pages in the log, moved or not, past which it is to begin anew: 16 MiB. */
const LONG_LOG_PAGES = 4096;

/** So few are moved on the hub's own thread within a millisecond or two. */
const FEW_PAGES = 256;

/** Moves what commits have logged into the file, so that the log stays short. */
export interface Checkpoints {
  /** A commit is on disk. */
  committed(): void;
  /** Moves what is logged at once, on this thread and outside any commit; after each step of an upkeep it is little. */
  catchUp(): void;
  /** Ends the thread; the database may be closed once this resolves. */
  stop(): Promise<void>;
}

/**
 * Opens the checkpoints of a database that this process alone writes. Left to SQLite, one commit in some hundred would
 * move it all, and hold up whatever goes on for 20 to 40 ms (measured): so a thread does it, opened when first needed.
 */
export function openCheckpoints(
  { sqlite, path }: Pick<Store, "sqlite" | "path">,
  openThread: () => Worker,
): Checkpoints {
  const state = sqlite.prepare<{ log: number; checkpointed: number }, []>("PRAGMA wal_checkpoint(NOOP)");
  const checkpoint = sqlite.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  let thread: Worker | null = null;
  let isAsked = false;
  let isLost = false;
  let moved = 0;
  let closed = () => {};

  function look(): void {
    if (isAsked || isLost) return;
    const { log, checkpointed } = state.get() ?? { log: 0, checkpointed: 0 };
    const left = log - checkpointed;
    // The log begins anew once it was moved whole; while commits go on, only who makes them can reach its end.
    if (log >= LONG_LOG_PAGES && left <= FEW_PAGES) moveRest();
    else if (log >= LONG_LOG_PAGES || left >= MANY_PAGES) ask(checkpointed);
  }

  function moveRest(): void {
    try {
      checkpoint.all();
    } catch {
      // Of a failing disk the commits tell; this is tried again after the next.
    }
  }

  function ask(checkpointed: number): void {
    isAsked = true;
    moved = checkpointed;
    thread ??= begin();
    thread.postMessage({ ask: "move", path } satisfies CheckpointCall);
  }

  function begin(): Worker {
    const begun = openThread();
    begun.onmessage = heard;
    begun.onerror = giveUp;
    begun.unref();
    return begun;
  }

  function heard({ data }: MessageEvent<CheckpointReport>): void {
    if (data.tell === "closed") {
      closed();
      return;
    }
    isAsked = false;
    const hasMoved = (state.get()?.checkpointed ?? 0) !== moved;
    if (hasMoved) look(); // else a reader or the disk stands in the way: the next commit asks again
  }

  /** Without the thread SQLite checkpoints inside commits: slower, but the log stays short. */
  function giveUp(): void {
    isLost = true;
    sqlite.run(`PRAGMA wal_autocheckpoint = ${LONG_LOG_PAGES}`);
    closed();
  }

  return {
    committed: look,
    catchUp: () => void checkpoint.all(),
    async stop() {
      if (thread === null || isLost) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      closed = resolve;
      thread.postMessage({ ask: "close" } satisfies CheckpointCall);
      await promise;
      thread.terminate();
    },
  };
}
