import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError } from "./migrate.ts";

/** Makes the data folder, readable by its owner only. @throws DatabaseError when it cannot be made or written. */
export function openDataDir(dataDir: string): void {
  process.umask(0o077); // the database and what SQLite puts beside it hold password hashes
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DatabaseError(`DATA_DIR ${dataDir} cannot be made: ${(error as Error).message}`);
  }
}

/** A lock on the data folder that the operating system gives back, however the process ends. */
export interface DataDirLock {
  release(): void;
}

/** An operator's command holds the folder for a moment only; a start waits for that, in ms. */
const LOCK_PATIENCE_MS = 2000;

/** Takes the data folder for this process. @throws DatabaseError when another process has it. */
export function lockDataDir(dataDir: string): DataDirLock {
  const lock = tryLockDataDir(dataDir);
  if (lock === null) {
    throw new DatabaseError(
      `DATA_DIR ${dataDir} is in use by another lanehook; one process owns it at a time.`,
    );
  }
  return lock;
}

/** The same, but null when another process has it. */
export function tryLockDataDir(dataDir: string): DataDirLock | null {
  const db = new Database(join(dataDir, "lanehook.lock"), { create: true });
  try {
    db.run(`PRAGMA busy_timeout = ${LOCK_PATIENCE_MS}`);
    db.run("PRAGMA journal_mode = MEMORY"); // no journal file that a kill could leave behind
    db.run("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  return { release: () => db.close() };
}

/** Reads a key kept in the data folder; null when there is none. */
export function readKeyFile(dataDir: string, name: string): string | null {
  const path = join(dataDir, name);
  if (!existsSync(path)) return null;
  const key = readFileSync(path, "utf8").trim();
  if (key === "") throw new DatabaseError(`${name} in DATA_DIR is empty; restore it or remove it.`);
  return key;
}

/** Writes a new key for its owner's eyes only (0600), on disk before it is used. */
export function writeKeyFile(dataDir: string, name: string, key: string): void {
  const file = openSync(join(dataDir, name), "wx", 0o600);
  try {
    writeSync(file, `${key}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
