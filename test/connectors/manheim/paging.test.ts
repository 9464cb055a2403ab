import { expect, test } from "bun:test";
import { startReceiver } from "../../support/receiver.ts";
import { givenManheim, told } from "./manheim-world.ts";

const MINE = "/consignments/mine";

/** Seven consignments on three pages, told already. */
async function givenThreePages() {
  const given = await givenManheim({ consignments: 7, settings: { pageSize: 3 } });
  await given.poll();
  given.clock.advance(1000);
  given.simulator.requests.length = 0;
  return given;
}

test("pages are followed by their links, each asked for once", async () => {
  await using given = await givenThreePages();
  const [, , third = "", , , sixth = ""] = given.world.ids;
  expect(await given.poll()).toMatchObject({ isComplete: true, pages: 3, items: 7, drafts: [] });
  expect(given.simulator.requests).toEqual([
    `GET ${MINE}?limit=3`,
    `GET ${MINE}?direction=next&id=${third}&limit=3`,
    `GET ${MINE}?direction=next&id=${sixth}&limit=3`,
  ]);
});

test("whatever smaller page the upstream gives is taken", async () => {
  await using given = await givenManheim({ consignments: 120, settings: { pageSize: 1000 } });
  expect(await given.poll()).toMatchObject({ isComplete: true, pages: 2, items: 120 });
});

test("an item inserted at the head while paging is told by the next run", async () => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ path: MINE, after: 1, run: () => void given.world.create() });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  const [newest = ""] = given.world.ids;
  expect(told((await given.poll()).drafts)).toEqual([["created", newest]]);
});

test("an item that changes after its page was read is told by the next run", async () => {
  await using given = await givenThreePages();
  const [first = ""] = given.world.ids;
  given.simulator.faults.add({ path: MINE, after: 1, run: () => given.world.checkIn(first) });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  expect(told((await given.poll()).drafts)).toEqual([["checkedin", first]]);
});

test("when the item that the next page hangs on is deleted, the list is begun anew", async () => {
  await using given = await givenThreePages();
  const [, , third = ""] = given.world.ids;
  given.simulator.faults.add({ path: MINE, after: 1, run: () => given.world.remove(third) });
  const run = await given.poll();
  expect(run).toMatchObject({ isComplete: true, pages: 3, drafts: [] }); // one, and two of the second pass
  expect(told((await given.poll()).drafts)).toEqual([["removed", third]]);
});

test("the same where the upstream answers it with an empty page", async () => {
  await using given = await givenThreePages();
  const [, , third = ""] = given.world.ids;
  given.simulator.faults.add({
    path: MINE,
    after: 1,
    fault: "empty-page",
    run: () => given.world.remove(third),
  });
  expect(await given.poll()).toMatchObject({ isComplete: true, pages: 3, drafts: [] });
  expect(told((await given.poll()).drafts)).toEqual([["removed", third]]);
  expect(given.simulator.requests.filter((request) => request === `GET ${MINE}?limit=3`)).toHaveLength(3);
});

test("an empty page after an item that is there ends the list", async () => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ path: MINE, after: 2, fault: "empty-page" });
  expect(await given.poll()).toMatchObject({ isComplete: true, pages: 2, drafts: [] });
});

test("a list that breaks off again and again is left partial, and nothing is removed", async () => {
  await using given = await givenThreePages();
  const [, , , , , , last = ""] = given.world.ids;
  given.world.remove(last);
  given.simulator.faults.add({ path: `${MINE}?direction=next`, fault: "blank-404", times: 4 });
  const run = await given.poll();
  expect(run).toMatchObject({ isComplete: false, error: { fault: "malformed" }, drafts: [] });
  expect(told((await given.poll()).drafts)).toEqual([["removed", last]]);
});

test("links that go round in a circle end the run, and nothing is removed", async () => {
  await using given = await givenThreePages();
  given.world.remove(given.world.ids.at(-1) ?? "");
  given.simulator.faults.add({ path: MINE, fault: "cycling-next", times: 3 });
  const run = await given.poll();
  expect(run).toMatchObject({ isComplete: false, error: { fault: "malformed" }, drafts: [] });
  expect(given.simulator.requests.length).toBeLessThan(5);
});

test("a link to another host is not followed, and no token goes there", async () => {
  await using given = await givenThreePages();
  await using elsewhere = startReceiver(200);
  const host = elsewhere.url.replace("/hook", "");
  given.simulator.faults.add({ path: MINE, fault: "foreign-next", elsewhere: host });
  expect(await given.poll()).toMatchObject({ isComplete: false, error: { fault: "foreign_link" }, pages: 1 });
  expect(elsewhere.received).toEqual([]);
});

test("a link to another list of the same host is not followed", async () => {
  await using given = await givenThreePages();
  given.simulator.faults.add({ path: MINE, fault: "foreign-next", elsewhere: `${given.simulator.url}/else` });
  expect(await given.poll()).toMatchObject({ isComplete: false, error: { fault: "malformed" } });
});

test("hrefs of items are never followed: units are asked of one's own host by their ids", async () => {
  await using given = await givenManheim({ settings: { pageSize: 3 } });
  const unitId = given.world.find(given.world.create())?.unitId;
  await given.poll();
  expect(given.simulator.requests).toContain(`GET /units/id/${unitId}`);
});
