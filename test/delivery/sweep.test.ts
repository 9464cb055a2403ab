import { expect, test } from "bun:test";
import { BATCH, BATCH_MS, type Batch, oldestFirst } from "../../src/delivery/sweep.ts";

interface Row {
  at: number;
  id: number;
  parts: number;
}

/** Rows in a table of their own, and a clock on which removing one part takes a millisecond. */
function givenTable(rows: readonly Row[], stays: (row: Row) => boolean = () => false) {
  let now = 0;
  const left = new Map(rows.map((row) => [row.id, { ...row }]));
  const isAfter = (row: Row, last: { at: number; id: number }) =>
    row.at > last.at || (row.at === last.at && row.id > last.id);
  const batch = oldestFirst(
    { monotonic: () => now },
    {
      after: (last) =>
        [...left.values()]
          .filter((row) => isAfter(row, last))
          .toSorted((a, b) => a.at - b.at || a.id - b.id)
          .slice(0, BATCH),
      sweep(row) {
        if (stays(row)) return { removed: 0, isDone: true };
        now += 1;
        row.parts -= 1;
        if (row.parts === 0) left.delete(row.id);
        return { removed: 1, isDone: row.parts === 0 };
      },
    },
  );
  return { batch, left };
}

/** Runs it until it is done; what each batch removed. */
function runToItsEnd(batch: Batch): number[] {
  const removed: number[] = [];
  for (let isDone = false; !isDone; ) {
    const swept = batch();
    removed.push(swept.removed);
    isDone = swept.isDone;
  }
  return removed;
}

const manyRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, n) => ({ at: 0, id: n + 1, parts: 1 }));

test("a row that must stay is passed over, however many of them come first", () => {
  const { batch, left } = givenTable(manyRows(3 * BATCH), ({ id }) => id <= 2 * BATCH);
  runToItsEnd(batch);
  expect(left.size).toBe(2 * BATCH);
  expect(left.has(2 * BATCH + 1)).toBe(false);
});

test("a batch takes its time and no more, also in the midst of one row", () => {
  const { batch, left } = givenTable([
    { at: 2, id: 1, parts: 10 },
    { at: 1, id: 2, parts: 1 },
  ]);
  const removed = runToItsEnd(batch);
  expect(Math.max(...removed)).toBe(BATCH_MS);
  expect(removed.reduce((sum, each) => sum + each, 0)).toBe(11);
  expect(left.size).toBe(0);
});
