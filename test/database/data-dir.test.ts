import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockDataDir, openDataDir, tryLockDataDir } from "../../src/database/data-dir.ts";
import { openStore } from "../../src/database/open.ts";

function givenFolder() {
  const parent = mkdtempSync(join(tmpdir(), "lanehook-folder-"));
  const remove = () => rmSync(parent, { recursive: true });
  return { dataDir: join(parent, "data"), [Symbol.dispose]: remove };
}

test("what stands in the data folder is its owner's alone", () => {
  using folder = givenFolder();
  openDataDir(folder.dataDir);
  const lock = lockDataDir(folder.dataDir);
  const store = openStore(folder.dataDir, { now: 0, fingerprint: "f" });
  const modes = readdirSync(folder.dataDir).map((name) => statSync(join(folder.dataDir, name)).mode & 0o077);
  expect(modes.length).toBeGreaterThan(1);
  expect(modes.every((mode) => mode === 0)).toBe(true);
  store.close();
  lock.release();
});

test("a folder has one owner at a time, and is free once it lets go", () => {
  using folder = givenFolder();
  openDataDir(folder.dataDir);
  const lock = lockDataDir(folder.dataDir);
  expect(tryLockDataDir(folder.dataDir)).toBeNull();
  lock.release();
  const next = tryLockDataDir(folder.dataDir);
  expect(next).not.toBeNull();
  next?.release();
});
