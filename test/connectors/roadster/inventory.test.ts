import { expect, test } from "bun:test";
import { Crash, pollOnce } from "../../support/connector-run.ts";
import { givenUpstream, isSearch } from "./given.ts";

const DAY = 86_400_000;

for (const fromVin of ["inclusive", "exclusive"] as const) {
  test(`each car is told once, whether from_vin is ${fromVin} or not, and pages are few or many`, async () => {
    for (const pageSize of [2, 3, 7, 100]) {
      await using upstream = givenUpstream({ settings: { pageSize } });
      upstream.simulator.fromVin = fromVin;
      const vins = Array.from({ length: 7 }, () => upstream.world.add("lakeside").vin).sort();
      const run = await upstream.poll();
      expect({ pageSize, news: run.news }).toEqual({ pageSize, news: vins.map((vin) => `added ${vin}`) });
      expect(run).toMatchObject({ isComplete: true, items: 7 });
      expect((await upstream.poll()).news).toEqual([]);
    }
  });
}

test("what comes in, changes and goes is told with what has changed, and nothing else is", async () => {
  await using upstream = givenUpstream();
  const { world } = upstream;
  const [changes, sold] = [world.add("lakeside", { msrp: 24_000 }), world.add("lakeside")];
  world.add("lakeside");
  await upstream.poll();
  upstream.pass(3_600_000);
  world.change(changes, { isReserved: true, msrp: 23_000 });
  world.change(sold, { isInStock: false });
  const added = world.add("lakeside");
  const { told } = await upstream.poll();
  expect(told.toSorted((one, other) => (one.type < other.type ? -1 : 1))).toMatchObject([
    { type: "roadster.vehicle.added", dpid: "lakeside", vin: added.vin, changed: [] },
    { type: "roadster.vehicle.removed", vin: sold.vin, changed: ["in_stock"], vehicle: { in_stock: false } },
    { type: "roadster.vehicle.updated", vin: changes.vin, changed: ["msrp", "reserved"] },
  ]);
  upstream.pass(3_600_000);
  world.change(sold, { isInStock: true });
  expect((await upstream.poll()).news).toEqual([`added ${sold.vin}`]);
});

test("updates are asked for in seconds of the upstream's time, five minutes back, and with in_stock", async () => {
  await using upstream = givenUpstream();
  upstream.simulator.dateSkewMs = 20 * 60_000;
  await upstream.poll();
  expect(upstream.searches()).toEqual([{ dpid: "lakeside", size: "100" }]);
  const since = String((Date.UTC(2026, 0, 1) + 20 * 60_000 - 5 * 60_000) / 1000);
  await upstream.poll();
  const asked = { dpid: "lakeside", size: "100", updated_since: since };
  expect(upstream.searches()).toEqual([
    { ...asked, in_stock: "true" },
    { ...asked, in_stock: "false" },
  ]);
});

test("a change within the overlap is told once", async () => {
  await using upstream = givenUpstream();
  const car = upstream.world.add("lakeside");
  await upstream.poll();
  upstream.world.change(car, { isReserved: true });
  expect((await upstream.poll()).news).toEqual([`updated ${car.vin}`]);
  expect((await upstream.poll()).news).toEqual([]);
});

test("what in_stock is given is a setting", async () => {
  await using upstream = givenUpstream({ settings: { inStock: ["", "all"] } });
  const car = upstream.world.add("lakeside");
  await upstream.poll();
  upstream.searches();
  upstream.world.change(car, { isInStock: false });
  expect((await upstream.poll()).news).toEqual([`removed ${car.vin}`]);
  expect(upstream.searches().map(({ in_stock }) => in_stock)).toEqual([undefined as never, "all", "all"]);
});

test("once a week everything is read again: what was missed comes in, what went without a trace is removed", async () => {
  await using upstream = givenUpstream();
  const { world } = upstream;
  const [lost] = [world.add("lakeside"), world.add("lakeside")];
  await upstream.poll();
  world.erase(lost);
  const missed = world.add("lakeside", { updatedAt: 0 });
  upstream.pass(6 * DAY);
  expect((await upstream.poll()).news).toEqual([]);
  upstream.searches();
  upstream.pass(DAY);
  const { told, news } = await upstream.poll();
  expect(news.toSorted()).toEqual([`added ${missed.vin}`, `removed ${lost.vin}`]);
  expect(told.find(({ vin }) => vin === lost.vin)).toMatchObject({ changed: [], vehicle: null });
  expect(upstream.searches().every(({ updated_since }) => updated_since === undefined)).toBe(true);
  expect((await upstream.poll()).news).toEqual([]);
});

test("a car that one reading of all misses, and one that comes too late for its page, is not removed", async () => {
  await using upstream = givenUpstream({ settings: { pageSize: 2 } });
  const { world, simulator } = upstream;
  const cars = Array.from({ length: 5 }, () => world.add("lakeside"));
  await upstream.poll();
  upstream.pass(7 * DAY);
  const [hidden] = cars;
  if (hidden === undefined) throw new Error("there are five cars");
  world.erase(hidden);
  let searches = 0;
  simulator.beforeEach = (request) => {
    if (isSearch(request) && ++searches === 4) world.add("lakeside", hidden);
  };
  expect((await upstream.poll()).news).toEqual([]);
});

test("nothing is removed where the upstream's own count says that some were left out", async () => {
  await using upstream = givenUpstream();
  const { world } = upstream;
  const [lost, hidden] = [world.add("lakeside"), world.add("lakeside")];
  await upstream.poll();
  world.erase(lost);
  upstream.pass(7 * DAY);
  world.add("lakeside", { ...hidden, vin: "" }); // counted, but of no use
  expect(await upstream.poll()).toMatchObject({ isComplete: true, news: [] });
});

test("dealers are apart, and one that cannot be read keeps no other from being told", async () => {
  await using upstream = givenUpstream({ dpids: ["north", "south"] });
  const { world } = upstream;
  const cars = [world.add("north"), world.add("south", { vin: "KMHLM4AG1NU123456" })];
  upstream.fail("forbidden", { at: ({ query }) => query.get("dpid") === "north" });
  const partial = await upstream.poll();
  expect(partial).toMatchObject({ isComplete: false, error: { fault: "refused", status: 403 } });
  expect(partial.news).toEqual([`added ${cars[1]?.vin}`]);
  expect((await upstream.poll()).news).toEqual([`added ${cars[0]?.vin}`]);
});

test("a dealer that was left out of the settings is read anew, and its cars are told only where they differ", async () => {
  await using upstream = givenUpstream({ dpids: ["north", "south"] });
  upstream.world.add("north");
  upstream.world.add("south");
  await upstream.poll();
  const cursor = JSON.parse(upstream.memory.cursor ?? "{}");
  upstream.memory.cursor = JSON.stringify({ south: cursor.south });
  upstream.searches();
  expect((await upstream.poll()).news).toEqual([]);
  expect(upstream.searches().filter(({ dpid }) => dpid === "north")[0]).not.toHaveProperty("updated_since");
});

test("a crash at any step loses no news and repeats none", async () => {
  for (const kept of [false, true]) {
    for (let step = 0; step < 4; step++) {
      await using upstream = givenUpstream({ settings: { pageSize: 2 } });
      const vins = Array.from({ length: 5 }, () => upstream.world.add("lakeside").vin).sort();
      const crash = (at: { step: number; kept: boolean }) => at.step === step && at.kept === kept;
      const run = await pollOnce(upstream.connection, upstream.memory, { crash });
      expect(run.error).toBeInstanceOf(Crash);
      expect((await upstream.poll()).isComplete).toBe(true);
      const told = upstream.memory.admitted.map(({ payload }) => JSON.parse(payload).vin);
      expect({ step, kept, told: told.toSorted() }).toEqual({ step, kept, told: vins });
    }
  }
});

test("a silent first scan tells nothing of what was there, and then everything", async () => {
  await using upstream = givenUpstream({ initialScan: "silent" });
  const car = upstream.world.add("lakeside");
  expect((await upstream.poll()).news).toEqual([]);
  upstream.world.change(car, { isInStock: false });
  expect((await upstream.poll()).news).toEqual([`removed ${car.vin}`]);
});
