import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { GroupCommit } from "../../src/database/commit.ts";
import { Problem } from "../../src/problems.ts";

function givenTable() {
  const sqlite = new Database(":memory:");
  sqlite.run("CREATE TABLE numbers (n INTEGER NOT NULL UNIQUE)");
  const commits = new GroupCommit(sqlite);
  const add = (n: number | null) => commits.run((db) => db.run("INSERT INTO numbers VALUES (?)", [n]));
  const numbers = () =>
    sqlite
      .query<{ n: number }, []>("SELECT n FROM numbers ORDER BY n")
      .all()
      .map(({ n }) => n);
  return { sqlite, commits, add, numbers };
}

test("works that arrive together are all on disk when their promises settle", async () => {
  const { add, numbers } = givenTable();
  await Promise.all(Array.from({ length: 600 }, (_, n) => add(n)));
  expect(numbers()).toHaveLength(600);
});

test("a work that fails fails alone", async () => {
  const { commits, add, numbers } = givenTable();
  let undone = 0;
  commits.listen({ rolledBack: () => void undone++ });
  const results = await Promise.allSettled([add(1), add(null), add(2), add(2), add(3)]);
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(numbers()).toEqual([1, 2, 3]);
  expect(undone).toBeGreaterThan(0);
});

test("a full disk answers not_ready, and goes on when there is space again", async () => {
  const { sqlite, commits, add, numbers } = givenTable();
  const told: string[] = [];
  commits.onDiskFailure = (code) => told.push(code);
  const big = (n: number) =>
    commits.run((db) => db.run("CREATE TABLE big AS SELECT ? AS n, zeroblob(100000) AS b", [n]));
  const { page_count } = sqlite.query<{ page_count: number }, []>("PRAGMA page_count").get() ?? {
    page_count: 0,
  };
  sqlite.run(`PRAGMA max_page_count = ${page_count}`);
  const refused = await big(1).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Problem);
  expect((refused as Problem).code).toBe("not_ready");
  expect(told).toEqual(["SQLITE_FULL"]);
  sqlite.run("PRAGMA max_page_count = 100000");
  await big(2);
  await add(7);
  expect(numbers()).toEqual([7]);
});

test("a patient work rides with the next commit, and goes alone after a moment", async () => {
  const { commits, numbers } = givenTable();
  let ended = 0;
  commits.listen({ committed: () => void ended++ });
  const add = (n: number) => (sqlite: Database) => sqlite.run("INSERT INTO numbers VALUES (?)", [n]);
  const patient = commits.runPatiently(add(1));
  await commits.run(add(2));
  await patient;
  expect([ended, numbers()]).toEqual([1, [1, 2]]);
  await commits.runPatiently(add(3));
  expect([ended, numbers()]).toEqual([2, [1, 2, 3]]);
});

test("many patient works do not wait for anyone", async () => {
  const { commits, numbers } = givenTable();
  const all = Array.from({ length: 64 }, (_, n) =>
    commits.runPatiently((sqlite) => sqlite.run("INSERT INTO numbers VALUES (?)", [n])),
  );
  await commits.idle();
  await Promise.all(all);
  expect(numbers()).toHaveLength(64);
});
