import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATABASE_FILE, openStore } from "../../src/database/open.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-truncated-"));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

// 65,536 does not fit the two bytes that the head has for it: it is written as 1.
test.each([512, 4096, 32_768, 65_536])(
  "a file of pages of %d bytes that lost its last one is refused",
  (pageSize) => {
    const path = join(dataDir, DATABASE_FILE);
    const sqlite = new Database(path);
    sqlite.run(`PRAGMA page_size = ${pageSize}`);
    sqlite.run("CREATE TABLE loads (load BLOB)");
    sqlite.run("INSERT INTO loads VALUES (zeroblob(200000))");
    sqlite.close();
    const { size } = statSync(path);
    truncateSync(path, size - pageSize);
    const told = `it has ${size - pageSize} bytes where its head tells of ${size}`;
    expect(() => openStore(dataDir, { now: 0, fingerprint: "f" })).toThrow(told);
    expect(statSync(path).size).toBe(size - pageSize);
  },
);
