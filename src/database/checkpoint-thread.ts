import { Database } from "bun:sqlite";
import type { CheckpointCall, CheckpointReport } from "./checkpoints.ts";

// Runs in a thread of its own, over a connection of its own: while it moves pages from the log into the file, the
// hub's thread goes on committing.

declare const self: Worker;

let sqlite: Database | null = null;

self.onmessage = ({ data }: MessageEvent<CheckpointCall>) => {
  if (data.ask === "move") move(data.path);
  else sqlite?.close();
  self.postMessage({ tell: data.ask === "move" ? "moved" : "closed" } satisfies CheckpointReport);
};

/** What fails here is tried again at the next call; of a failing disk the hub's commits tell. */
function move(path: string): void {
  try {
    sqlite ??= open(path);
    sqlite.run("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // As above.
  }
}

function open(path: string): Database {
  const opened = new Database(path, { readwrite: true, create: false });
  opened.run("PRAGMA synchronous = FULL");
  opened.run("PRAGMA cache_size = -64"); // KiB: it reads no rows
  return opened;
}
