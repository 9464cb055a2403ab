import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { DatabaseError, migrate, refuseForeignSchema } from "./migrate.ts";

/** The one connection that writes, seen as plain SQLite and through drizzle. */
export interface Store {
  sqlite: Database;
  drizzle: BunSQLiteDatabase;
  close(): void;
}

/** The one file to keep. */
export const DATABASE_FILE = "lanehook.db";

/** Under this key the database keeps the fingerprint of the SECRET_KEY it was made with. */
const FINGERPRINT = "secret_key_fingerprint";

/** Pages kept in memory, in KiB: enough for the hot ends of the indexes, small beside the 150 MB we promise. */
const CACHE_KIB = 16 * 1024;

/** Checkpoint after this many pages (16 MiB): fewer, larger ones keep commits short. */
const CHECKPOINT_PAGES = 4096;

/**
 * Opens the hub's database in the data folder, making or migrating it.
 * @throws DatabaseError when the file is not ours, is damaged at its head, is newer than this executable, or was
 * made with another SECRET_KEY.
 */
export function openStore(
  dataDir: string,
  { now, fingerprint }: { now: number; fingerprint: string },
): Store {
  const path = join(dataDir, DATABASE_FILE);
  if (existsSync(path)) inspect(path, fingerprint);
  const sqlite = new Database(path, { create: true, strict: true });
  sqlite.run("PRAGMA auto_vacuum = INCREMENTAL"); // takes hold only before the first table
  sqlite.run("PRAGMA journal_mode = WAL");
  sqlite.run("PRAGMA synchronous = FULL");
  sqlite.run("PRAGMA foreign_keys = ON");
  sqlite.run("PRAGMA busy_timeout = 5000");
  sqlite.run(`PRAGMA cache_size = -${CACHE_KIB}`);
  sqlite.run(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  migrate(sqlite, now);
  sqlite.run("INSERT OR IGNORE INTO hub (key, value) VALUES (?, ?)", [FINGERPRINT, fingerprint]);
  return { sqlite, drizzle: drizzle({ client: sqlite }), close: () => close(sqlite) };
}

/** Reads the head of an existing file without writing a byte, so that a file that is not ours stays as it is. */
function inspect(path: string, fingerprint: string): void {
  let db: Database | undefined;
  try {
    db = new Database(path, { readonly: true });
    refuseForeignSchema(db);
    refuseOtherKey(db, fingerprint);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(`${DATABASE_FILE} cannot be read as a database: ${(error as Error).message}`);
  } finally {
    db?.close();
  }
}

function refuseOtherKey(db: Database, fingerprint: string): void {
  const isMade = db.query("SELECT 1 FROM sqlite_schema WHERE name = 'hub'").get() !== null;
  const known =
    isMade && db.query<{ value: string }, [string]>("SELECT value FROM hub WHERE key = ?").get(FINGERPRINT);
  if (known && known.value !== fingerprint) {
    throw new DatabaseError("SECRET_KEY does not open this database: it was made with another one.");
  }
}

function close(sqlite: Database): void {
  sqlite.run("PRAGMA optimize");
  sqlite.close();
}
