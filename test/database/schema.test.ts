import type { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as connectorSchema from "../../src/database/connector-schema.ts";
import { openStore, type Store } from "../../src/database/open.ts";
import * as schema from "../../src/database/schema.ts";
import { transitions } from "../../src/delivery/settle.ts";

/** Kept by migrate.ts alone, so no type of it is needed. */
const BOOKKEEPING = "migrations";

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  primaryKey: boolean;
  default: string | null;
}

let dataDir: string;
let store: Store;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-schema-"));
  store = openStore(dataDir, { now: 0, fingerprint: "test" });
});

afterAll(() => {
  store.close();
  rmSync(dataDir, { recursive: true });
});

describe("the migrations and the schema in code", () => {
  const tables = [...Object.values(schema), ...Object.values(connectorSchema)].filter(
    (each) => each instanceof SQLiteTable,
  );

  test("have the same tables", () => {
    const migrated = tableNames(store.sqlite).filter((name) => name !== BOOKKEEPING);
    const declared = tables.map((table) => getTableConfig(table).name);
    expect(declared.toSorted()).toEqual(migrated);
  });

  for (const table of tables) {
    test(`agree on the columns of ${getTableConfig(table).name}`, () => {
      expect(declaredColumns(table)).toEqual(migratedColumns(store.sqlite, getTableConfig(table).name));
    });

    test(`agree on the values that the columns of ${getTableConfig(table).name} may have`, () => {
      const { name, columns } = getTableConfig(table);
      const declared = columns.flatMap((column) =>
        column.enumValues?.length ? [[column.name, column.enumValues.toSorted()]] : [],
      );
      expect(Object.fromEntries(declared)).toEqual(checkedValues(tableSql(store.sqlite, name)));
    });
  }

  test("every table is strict", () => {
    const lax = store.sqlite
      .query<{ name: string }, []>(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    expect(lax).toEqual([]);
  });

  test("a delivery has the states of the state machine", () => {
    const { status } = checkedValues(tableSql(store.sqlite, "deliveries"));
    expect(status).toEqual(Object.keys(transitions).toSorted());
  });

  test("every file in migrations/ has been applied", () => {
    const files = readdirSync(join(import.meta.dir, "../../migrations")).toSorted();
    const applied = store.sqlite
      .query<{ name: string }, []>("SELECT name FROM migrations ORDER BY name")
      .all();
    expect(applied.map(({ name }) => `${name}.sql`)).toEqual(files);
  });
});

function tableNames(db: Database): string[] {
  const rows = db
    .query<{ name: string }, []>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .all();
  return rows.map(({ name }) => name);
}

function tableSql(db: Database, name: string): string {
  const row = db.query<{ sql: string }, [string]>("SELECT sql FROM sqlite_schema WHERE name = ?").get(name);
  return row?.sql ?? "";
}

function migratedColumns(db: Database, table: string): Column[] {
  const rows = db
    .query<{ name: string; type: string; notnull: number; pk: number; dflt_value: string | null }, [string]>(
      'SELECT name, type, "notnull", pk, dflt_value FROM pragma_table_info(?)',
    )
    .all(table);
  return rows.map(({ name, type, notnull, pk, dflt_value }) => ({
    name,
    type,
    // a primary key needs no NOT NULL to be without nulls in a strict table
    notNull: notnull === 1 || pk > 0,
    primaryKey: pk > 0,
    default: dflt_value,
  }));
}

function declaredColumns(table: SQLiteTable): Column[] {
  const { columns, primaryKeys } = getTableConfig(table);
  const together = primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name));
  return columns.map((column) => ({
    name: column.name,
    type: column.getSQLType().toUpperCase(),
    notNull: column.notNull,
    primaryKey: column.primary || together.includes(column.name),
    default: asSql(column.default),
  }));
}

function asSql(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? `'${value}'` : String(value);
}

/** What `CHECK (column IN ('a', 'b'))` or `(column = 'a' OR column = 'b')` allows, sorted, for each column that has one. */
function checkedValues(sql: string): Record<string, string[]> {
  const checks = sql.matchAll(/CHECK \((\w+) (IN \([^)]*\)|= '\w+'(?: OR \1 = '\w+')+)\)/g);
  return Object.fromEntries(
    [...checks].map(([, column = "", values = ""]) => [
      column,
      [...values.matchAll(/'([^']*)'/g)].map(([, value = ""]) => value).toSorted(),
    ]),
  );
}
