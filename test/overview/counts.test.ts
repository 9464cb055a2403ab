import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroupCommit } from "../../src/database/commit.ts";
import { openStore } from "../../src/database/open.ts";
import { SteadyTime } from "../../src/delivery/steady-time.ts";
import { Counts } from "../../src/overview/counts.ts";
import { TestClock } from "../support/test-clock.ts";

const START = Date.UTC(2026, 0, 1);
const ME = 1;

/** Counts on a database of their own, with one customer. */
function openTestCounts() {
  const dataDir = mkdtempSync(join(tmpdir(), "lanehook-counts-"));
  const clock = new TestClock(START);
  const store = openStore(dataDir, { now: START, fingerprint: "test" });
  const { sqlite } = store;
  sqlite.run(
    `INSERT INTO customers (id, public_id, email, email_key, name, password_hash, api_key_hash, api_key_sealed,
       created_at, updated_at) VALUES (${ME}, 'me', 'me', 'me', 'me', '', x'00', x'00', 0, 0)`,
  );
  const commits = new GroupCommit(sqlite);
  const failures: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (fact: string) => void failures.push(fact) };
  const open = () =>
    new Counts({ sqlite, commits, seams: { clock }, time: new SteadyTime(clock), log, firstDelayMs: 0 });
  const counts = open();
  return {
    counts,
    commits,
    clock,
    sqlite,
    failures,
    /** Events in, by minute, as an overview sums them. */
    eventsIn() {
      const sums: Record<string, number> = {};
      for (const { at, eventsIn } of [...counts.written(ME, 0), ...counts.unwritten(ME)]) {
        const minute = new Date(at).toISOString().slice(11, 16);
        sums[minute] = (sums[minute] ?? 0) + eventsIn;
      }
      return sums;
    },
    admit: () => commits.run(() => counts.admitted(ME, [])),
    onDisk: () =>
      sqlite.query("SELECT sum(events_in) AS n FROM customer_minutes").get() as { n: number | null },
    [Symbol.dispose]() {
      store.close();
      rmSync(dataDir, { recursive: true });
    },
  };
}

test("what is undone is not counted, and what shared its commit is counted once", async () => {
  using hub = openTestCounts();
  const failing = hub.commits.run(() => {
    hub.counts.admitted(ME, []);
    throw new Error("undone");
  });
  const others = [hub.admit(), hub.admit()];
  await Promise.allSettled([failing, ...others]);
  expect(hub.eventsIn()).toEqual({ "00:00": 2 });
});

test("counts go to disk ten seconds after the first, all at once, and never twice", async () => {
  using hub = openTestCounts();
  for (let each = 0; each < 3; each++) await hub.admit();
  hub.clock.advance(9_000);
  await hub.commits.idle();
  expect(hub.onDisk().n).toBeNull();
  hub.clock.advance(1_000);
  await hub.commits.idle();
  expect(hub.onDisk().n).toBe(3);
  expect(hub.counts.unwritten(ME)).toEqual([]);
  expect(hub.clock.nextTimerAt).toBeNull(); // nothing more to write
  await hub.admit();
  hub.clock.advance(60_000);
  await hub.admit();
  expect(hub.eventsIn()).toEqual({ "00:00": 4, "00:01": 1 });
});

test("what cannot be written now is kept, and what comes meanwhile is added", async () => {
  using hub = openTestCounts();
  await hub.admit();
  hub.sqlite.run("ALTER TABLE customer_minutes RENAME TO away");
  hub.clock.advance(10_000);
  await hub.commits.idle();
  await hub.admit();
  expect(hub.failures).toEqual(["overview.unwritten"]);
  hub.sqlite.run("ALTER TABLE away RENAME TO customer_minutes");
  expect(hub.eventsIn()).toEqual({ "00:00": 2 });
  hub.clock.advance(10_000);
  await hub.commits.idle();
  expect(hub.onDisk().n).toBe(2);
  expect(hub.eventsIn()).toEqual({ "00:00": 2 });
});

test("a count is in memory or on disk at each moment, never in both", async () => {
  using hub = openTestCounts();
  await hub.admit();
  const seen: unknown[] = [];
  const writing = hub.counts.write();
  seen.push(hub.eventsIn());
  const beside = hub.commits.run(() => hub.counts.admitted(ME, [])).then(() => seen.push(hub.eventsIn()));
  await Promise.all([writing, beside]);
  seen.push(hub.eventsIn());
  expect(seen).toEqual([{ "00:00": 1 }, { "00:00": 2 }, { "00:00": 2 }]);
});

test("the counts of many customers go to disk twenty a commit, with room for others between", async () => {
  using hub = openTestCounts();
  const customers = 50;
  for (let id = ME + 1; id <= customers; id++) {
    hub.sqlite.run(
      `INSERT INTO customers (id, public_id, email, email_key, name, password_hash, api_key_hash, api_key_sealed,
         created_at, updated_at) VALUES (?1, ?1, ?1, ?1, 'one', '', CAST(?1 AS BLOB), x'00', 0, 0)`,
      [id],
    );
  }
  for (let id = ME; id <= customers; id++) await hub.commits.run(() => hub.counts.admitted(id, []));
  const written: (number | null)[] = [];
  hub.commits.listen({ committed: () => void written.push(hub.onDisk().n) });
  const writing = hub.counts.write();
  await hub.commits.run(() => {});
  await writing;
  expect(written).toEqual([20, 40, 50]);
  expect(hub.eventsIn()).toEqual({ "00:00": 1 });
});
