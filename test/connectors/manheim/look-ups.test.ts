import { expect, test } from "bun:test";
import { givenManheim } from "./manheim-world.ts";

const never = new AbortController().signal;

/** One unit with five consignments among others, two to a page. */
async function givenUnit() {
  const given = await givenManheim({ consignments: 2, settings: { pageSize: 2 } });
  const first = given.world.create();
  const { unitId, lifecycleId } = given.world.find(first) ?? expect.unreachable();
  const ids = [first, ...Array.from({ length: 4 }, () => given.world.create({ unitId }))];
  return { given, first, unitId, lifecycleId, ids };
}

const hrefs = (found: object[] | null) =>
  found?.map((each) => (each as { href: string }).href.split("/").at(-1));

test("the consignments of a unit are found through all pages", async () => {
  const { given, unitId, ids } = await givenUnit();
  await using _ = given;
  const found = await given.connection.lookUp("unit", unitId, never);
  expect(hrefs(found)?.sort()).toEqual(ids.sort());
  expect(given.simulator.requests.filter((request) => request.includes("/consignments/unit/"))).toHaveLength(
    3,
  );
});

test("one is found by its id, and those of a lifecycle by that", async () => {
  const { given, first, lifecycleId } = await givenUnit();
  await using _ = given;
  expect(hrefs(await given.connection.lookUp("id", first, never))).toEqual([first]);
  expect(hrefs(await given.connection.lookUp("lifecycle", lifecycleId, never))).toEqual([first]);
});

test.each(["id", "unit", "lifecycle"] as const)(
  "what the upstream does not know by its %s is null",
  async (by) => {
    const { given } = await givenUnit();
    await using _ = given;
    given.simulator.faults.add({ path: "/consignments", fault: "html-404" });
    expect(await given.connection.lookUp(by, "0", never)).toBeNull();
  },
);

test("a look-up changes nothing of what is known, and shares the token of the runs", async () => {
  const { given, first } = await givenUnit();
  await using _ = given;
  await given.poll();
  await given.connection.lookUp("id", first, never);
  expect(given.simulator.tokens.issued).toBe(1);
  expect((await given.poll()).drafts).toEqual([]);
});

test("an id cannot lead to another path", async () => {
  const { given } = await givenUnit();
  await using _ = given;
  expect(await given.connection.lookUp("id", "../mine?limit=1#", never)).toBeNull();
  expect(given.simulator.requests.at(-1)).toBe("GET /consignments/id/..%2Fmine%3Flimit%3D1%23");
});

test("a caller that leaves does not end the token request that others wait for", async () => {
  const { given, first } = await givenUnit();
  await using _ = given;
  const leaving = new AbortController();
  given.simulator.faults.add({ path: "/oauth2", run: () => leaving.abort(new Error("left")) });
  const left = given.connection.lookUp("id", first, leaving.signal).catch((error) => error.message);
  const stays = given.connection.lookUp("id", first, never);
  expect(hrefs(await stays)).toEqual([first]);
  expect(await left).toBe("left");
  expect(given.simulator.tokens.issued).toBe(1);
});
