import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATABASE_FILE, openStore } from "../../src/database/open.ts";

const OPENED = { now: 0, fingerprint: "test" };

/** The first step as it once was: the same tables, a CHECK written otherwise. */
const formerStep = readFileSync("migrations/0001_hub.sql", "utf8")
  .replace(/^ *-- for each row .*\n/m, "")
  .replace(
    /CHECK \(status = 'pending' OR .*\)/,
    "CHECK (status IN ('pending', 'success', 'failed', 'cancelled'))",
  );

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-migrate-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Makes a database of which only this step was done. */
function makeDatabase(step: string): void {
  using sqlite = new Database(join(dataDir, DATABASE_FILE));
  sqlite.run(
    "CREATE TABLE migrations (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
  );
  sqlite.run(step);
  const hash = new Bun.CryptoHasher("sha256").update(step).digest("hex");
  sqlite.run("INSERT INTO migrations (name, hash, applied_at) VALUES ('0001_hub', ?, 0)", [hash]);
}

test("a database with the first step as it once was is opened, and gets the later steps", () => {
  makeDatabase(formerStep);
  const store = openStore(dataDir, OPENED);
  const steps = store.sqlite.query("SELECT name FROM migrations ORDER BY name").all();
  store.close();
  expect(steps.length).toBeGreaterThan(1);
  expect(steps[0]).toEqual({ name: "0001_hub" });
});

test("a database with any other first step is refused", () => {
  makeDatabase(`${formerStep}\n`);
  expect(() => openStore(dataDir, OPENED)).toThrow(/another build of lanehook \(its 0001_hub differs\)/);
});

test("both ways of writing the CHECK refuse what is no status", () => {
  for (const step of [formerStep, readFileSync("migrations/0001_hub.sql", "utf8")]) {
    using sqlite = new Database(":memory:");
    sqlite.run(step);
    sqlite.run("PRAGMA foreign_keys = OFF");
    const add = (status: string) =>
      sqlite.run(
        `INSERT INTO deliveries (public_id, event_id, subscription_id, customer_id, status, created_at, settled_at)
         VALUES (?, 1, 1, 1, ?, 0, 0)`,
        [status, status],
      );
    for (const status of ["success", "cancelled"]) expect(add(status).changes).toBe(1);
    expect(() => add("lost")).toThrow(/CHECK constraint failed: status/);
  }
});
