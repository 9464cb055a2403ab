import type { Database } from "bun:sqlite";

/**
 * Moves what the last commits have logged into the file, outside any commit. After each step of an upkeep it is little;
 * left to SQLite, one commit in thirty would move it all and hold up whoever shares it for ten times as long (measured).
 */
export function openWriteBack(sqlite: Database): () => void {
  const checkpoint = sqlite.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  return () => void checkpoint.all();
}
