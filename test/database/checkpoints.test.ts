import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkpoints, openCheckpoints } from "../../src/database/checkpoints.ts";
import { GroupCommit } from "../../src/database/commit.ts";
import { DATABASE_FILE, openStore, type Store } from "../../src/database/open.ts";
import { openCheckpointThread } from "../../src/ground.ts";

const MIB = 1024 * 1024;

let dataDir: string;
let store: Store;
let checkpoints: Checkpoints;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "lanehook-checkpoints-"));
  store = openStore(dataDir, { now: 0, fingerprint: "test" });
  store.sqlite.run("CREATE TABLE loads (load BLOB)");
});

afterEach(async () => {
  await checkpoints.stop();
  store.close();
  rmSync(dataDir, { recursive: true });
});

function givenCommits(openThread: () => Worker) {
  checkpoints = openCheckpoints(store, openThread);
  const commits = new GroupCommit(store.sqlite);
  commits.listen(checkpoints);
  return {
    /** Commits so many MiB, an eighth at a time. */
    async write(mib: number): Promise<void> {
      for (let n = 0; n < 8 * mib; n++) {
        await commits.run((sqlite) => sqlite.run("INSERT INTO loads VALUES (randomblob(?))", [MIB / 8]));
      }
    },
  };
}

const sizeOf = (file: string) => statSync(join(dataDir, file)).size / MIB;
const fileMiB = () => sizeOf(DATABASE_FILE);
const logMiB = () => sizeOf(`${DATABASE_FILE}-wal`);

test("while commits go on, a thread moves them into the file and the log begins anew", async () => {
  const { write } = givenCommits(openCheckpointThread);
  let written = 0;
  while (written < 60 && logMiB() >= written) {
    await write(4); // up to 64 MiB nobody but the thread moves anything
    written += 4;
  }
  expect(logMiB()).toBeLessThan(written);
  expect(fileMiB()).toBeGreaterThan(8);
});

test("where the thread cannot begin, SQLite moves them inside the commits", async () => {
  const { write } = givenCommits(() => new Worker("/nowhere/thread.ts"));
  await write(10);
  await Bun.sleep(0);
  while (fileMiB() < 10) await write(2);
  const grown = logMiB();
  await write(40);
  expect(logMiB()).toBeLessThanOrEqual(grown + 20);
});

test("a few pages wait in the log: no thread is opened for them", async () => {
  let opened = 0;
  const { write } = givenCommits(() => {
    opened += 1;
    return openCheckpointThread();
  });
  await write(2);
  expect(opened).toBe(0);
  checkpoints.catchUp();
  expect(fileMiB()).toBeGreaterThan(2);
});
