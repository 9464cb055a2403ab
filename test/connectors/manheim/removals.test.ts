import { expect, test } from "bun:test";
import { givenManheim, told } from "./manheim-world.ts";

const DAY = 86_400_000;
const BY_ID = "/consignments/id/";

/** Three consignments, told already, and the id of the middle one. */
async function givenThree() {
  const given = await givenManheim({ consignments: 3 });
  await given.poll();
  given.clock.advance(1000);
  given.simulator.requests.length = 0;
  return { given, id: given.world.ids[1] ?? "" };
}

const lookUps = (requests: string[]) => requests.filter((request) => request.includes(BY_ID)).length;

test("a consignment that is gone from list and id is removed once, with what was known of it and its unit", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  given.world.remove(id);
  const [draft] = (await given.poll()).drafts;
  expect(draft?.eventType).toBe("manheim.consignments.removed");
  const href = `${given.simulator.url}/consignments/id/${id}`;
  expect(JSON.parse(draft?.payload ?? "")).toMatchObject({
    eventType: "CONSIGNMENTS.REMOVED",
    href,
    body: { href, status: "ACTIVE", unit: { href: expect.stringContaining("/units/id/") } },
    unit: { vin: expect.stringMatching(/^\w{17}$/) },
  });
  given.clock.advance(DAY);
  expect((await given.poll()).drafts).toEqual([]);
  expect(lookUps(given.simulator.requests)).toBe(1);
});

test("one that is there though no list has it is kept, compared, and looked up once a day from the second time on", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  given.world.unlist(id);
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  given.world.checkOut(id);
  given.clock.advance(DAY / 2);
  expect((await given.poll()).drafts).toEqual([]);
  expect(lookUps(given.simulator.requests)).toBe(2);
  given.clock.advance(DAY / 2);
  expect(told((await given.poll()).drafts)).toEqual([["checkedout", id]]);
  given.world.remove(id);
  given.clock.advance(DAY);
  expect(told((await given.poll()).drafts)).toEqual([["removed", id]]);
});

test("one that was back just when it was looked up, and is gone again, is told by the next run", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  const copy = { ...(given.world.find(id) ?? expect.unreachable()) };
  given.world.remove(id);
  given.simulator.faults.add({ path: `${BY_ID}${id}`, run: () => given.world.restore(copy) });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  given.world.remove(id);
  expect(told((await given.poll()).drafts)).toEqual([["removed", id]]);
});

test("a web page with 404 proves nothing: the run says so, and the rest is told", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  const [other = ""] = given.world.ids;
  given.world.remove(id);
  given.world.remove(other);
  given.simulator.faults.add({ path: `${BY_ID}${id}`, fault: "html-404" });
  const run = await given.poll();
  expect(told(run.drafts)).toEqual([["removed", other]]);
  expect(run).toMatchObject({ isComplete: false, error: { fault: "malformed" } });
  expect(told((await given.poll()).drafts)).toEqual([["removed", id]]);
});

test("one that comes back exactly as it was is created again", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  const copy = { ...(given.world.find(id) ?? expect.unreachable()) };
  given.world.remove(id);
  await given.poll();
  given.world.restore(copy);
  expect(told((await given.poll()).drafts)).toEqual([["created", id]]);
});

test("a list that is empty by mistake removes nothing, since every id is there", async () => {
  const { given } = await givenThree();
  await using _ = given;
  given.simulator.faults.add({ path: "/consignments/mine", fault: "empty-page" });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
});

test("units that no consignment has are forgotten, and so is what was gone a month ago", async () => {
  const { given, id } = await givenThree();
  await using _ = given;
  const unitId = given.world.find(id)?.unitId;
  given.world.remove(id);
  await given.poll();
  expect(given.memory.recall(`unit/${unitId}`)).toBeNull();
  expect(given.memory.recall(`consignment/${id}`)).not.toBeNull();
  given.clock.advance(30 * DAY);
  expect((await given.poll()).drafts).toEqual([]);
  expect(given.memory.recall(`consignment/${id}`)).toBeNull();
});
