import type { Database } from "bun:sqlite";
import hub from "../../migrations/0001_hub.sql" with { type: "text" };
import recovery from "../../migrations/0002_recovery.sql" with { type: "text" };
import connectors from "../../migrations/0003_connectors.sql" with { type: "text" };
import commands from "../../migrations/0004_commands.sql" with { type: "text" };
import documents from "../../migrations/0005_documents.sql" with { type: "text" };
import overview from "../../migrations/0006_overview.sql" with { type: "text" };
import endedTokens from "../../migrations/0007_ended_tokens.sql" with { type: "text" };
import ages from "../../migrations/0008_ages.sql" with { type: "text" };

interface Migration {
  name: string;
  sql: string;
  /** The hash it had once, when the same tables were written otherwise. */
  formerHash?: string;
}

/** The hub's tables, step by step; a step that has been released is never edited. */
const migrations: readonly Migration[] = [
  {
    name: "0001_hub",
    sql: hub,
    formerHash: "b56d5efe41a3a712d77de8e57fd63202f7ffe10cf6c108753d68af655273fca5",
  },
  { name: "0002_recovery", sql: recovery },
  { name: "0003_connectors", sql: connectors },
  { name: "0004_commands", sql: commands },
  { name: "0005_documents", sql: documents },
  { name: "0006_overview", sql: overview },
  { name: "0007_ended_tokens", sql: endedTokens },
  { name: "0008_ages", sql: ages },
];

/** The database cannot be used by this executable; the message says why and nothing was changed. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
}

/** Makes the tables of a new database, or adds what an older one lacks. @throws DatabaseError */
export function migrate(db: Database, now: number): void {
  db.run(
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
  );
  refuseForeignSchema(db);
  const applied = appliedNames(db);
  for (const { name, sql } of migrations) {
    if (applied.has(name)) continue;
    db.transaction(() => {
      db.run(sql);
      db.run("INSERT INTO migrations (name, hash, applied_at) VALUES (?, ?, ?)", [name, hash(sql), now]);
    }).immediate();
  }
}

/** Refuses a database that a newer executable has made, or whose steps differ from ours; reads only. */
export function refuseForeignSchema(db: Database): void {
  const ours = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, hash: found } of rows(db)) {
    const migration = ours.get(name);
    if (migration === undefined) {
      throw new DatabaseError(
        `The database was made by a newer lanehook (it has ${name}). Use that version; nothing was changed.`,
      );
    }
    if (found !== hash(migration.sql) && found !== migration.formerHash) {
      throw new DatabaseError(
        `The database was made by another build of lanehook (its ${name} differs). Nothing was changed.`,
      );
    }
  }
}

function appliedNames(db: Database): Set<string> {
  return new Set(rows(db).map(({ name }) => name));
}

function rows(db: Database): { name: string; hash: string }[] {
  const known = db.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (known === null) return [];
  return db
    .query<{ name: string; hash: string }, []>("SELECT name, hash FROM migrations ORDER BY name")
    .all();
}

function hash(sql: string): string {
  return new Bun.CryptoHasher("sha256").update(sql).digest("hex");
}
