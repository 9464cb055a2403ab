import { Database } from "bun:sqlite";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BunSQLiteDatabase, drizzle } from "drizzle-orm/bun-sqlite";
import { DatabaseError, migrate, refuseForeignSchema } from "./migrate.ts";

/** The one connection that writes, seen as plain SQLite and through drizzle. */
export interface Store {
  sqlite: Database;
  drizzle: BunSQLiteDatabase;
  path: string;
  close(): void;
}

/** The one file to keep. */
export const DATABASE_FILE = "lanehook.db";

/** Under this key the database keeps the fingerprint of the SECRET_KEY it was made with. */
const FINGERPRINT = "secret_key_fingerprint";

/** Pages kept in memory, in KiB: enough for the hot ends of the indexes, small beside the 150 MB we promise. */
const CACHE_KIB = 8 * 1024;

/** Past so many pages (64 MiB) SQLite checkpoints inside a commit: only where the checkpoints' thread does not keep up. */
const LONGEST_LOG_PAGES = 16_384;

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
  sqlite.run(`PRAGMA wal_autocheckpoint = ${LONGEST_LOG_PAGES}`);
  migrate(sqlite, now);
  sqlite.run("INSERT OR IGNORE INTO hub (key, value) VALUES (?, ?)", [FINGERPRINT, fingerprint]);
  return { sqlite, drizzle: drizzle({ client: sqlite }), path, close: () => close(sqlite) };
}

/** Reads the head of an existing file without writing a byte, so that a file that is not ours stays as it is. */
function inspect(path: string, fingerprint: string): void {
  let db: Database | undefined;
  try {
    refuseTruncated(path);
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

/** Where the header of SQLite's file format tells the page size and how many pages the file has. */
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const CHANGED_AT = 24;
const PAGES_AT = 28;
const PAGES_VALID_FOR_AT = 92;

/** Refuses a file that lost its end: SQLite would notice only when it needs a page from there. */
function refuseTruncated(path: string): void {
  const wal = `${path}-wal`;
  if (existsSync(wal) && statSync(wal).size > 0) return; // what is missing may stand there
  const { size } = statSync(path);
  if (size === 0) return; // a start that was cut off before the first table: nothing was lost
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  readSync(file, header, 0, HEADER_BYTES, 0);
  closeSync(file);
  if (header.readUInt32BE(CHANGED_AT) !== header.readUInt32BE(PAGES_VALID_FOR_AT)) return;
  const pageSize = header.readUInt16BE(PAGE_SIZE_AT) === 1 ? 65_536 : header.readUInt16BE(PAGE_SIZE_AT);
  const expected = pageSize * header.readUInt32BE(PAGES_AT);
  if (size < expected) {
    throw new DatabaseError(
      `${DATABASE_FILE} is damaged: it has ${size} bytes where its head tells of ${expected}. Restore a backup; nothing was changed.`,
    );
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
  try {
    sqlite.run("PRAGMA optimize");
  } catch {
    // A disk that is full or a file that is damaged keeps nobody from ending.
  }
  sqlite.close();
}
