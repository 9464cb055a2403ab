import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { givenManheim, told } from "./manheim-world.ts";

const CONSIGNMENTS = 20_000;
const MIB = 1024 * 1024;

/** One page is 150 KB of JSON, all pages are 30 MB, and several times that as objects. */
const MOST_HEAP = 12 * MIB;

function heap(): number {
  Bun.gc(true);
  return heapStats().heapSize;
}

test(`of ${CONSIGNMENTS} consignments two change: two events, and no more memory than for a few pages`, async () => {
  await using given = await givenManheim({
    consignments: CONSIGNMENTS,
    settings: { initialScan: "silent", pageSize: 100 },
  });
  expect(await given.poll()).toMatchObject({ isComplete: true, pages: 200, items: CONSIGNMENTS, drafts: [] });
  given.clock.advance(1000);
  const [first = "", last = ""] = [given.world.ids[0], given.world.ids.at(-1)];
  given.world.checkIn(first);
  given.world.remove(last);

  const before = heap();
  let most = 0;
  let pages = 0;
  for await (const step of given.connection.poll(given.beginRun(), new AbortController().signal)) {
    given.memory.keep(step);
    pages += step.pages ?? 0;
    if (pages % 25 === 0) most = Math.max(most, heap() - before);
  }
  expect(told(given.memory.admitted)).toEqual([
    ["checkedin", first],
    ["removed", last],
  ]);
  expect(pages).toBe(200);
  expect(most).toBeLessThan(MOST_HEAP);
}, 60_000);
