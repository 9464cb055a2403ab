import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { SeenRequest } from "../../src/simulators/dealerauction/dealerauction.ts";
import { SECOND } from "../support/test-app.ts";
import { givenHub, SALE } from "./given.ts";

const isPost = ({ method }: SeenRequest) => method === "POST";
const isGet = ({ method }: SeenRequest) => method === "GET";
const always = Number.POSITIVE_INFINITY;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const env = { RETENTION_DAYS: "1" };

/** A sale that was made, whose answer was lost, and of which nothing can be learned. */
async function givenUnknown(hub: Awaited<ReturnType<typeof givenHub>>): Promise<void> {
  hub.simulator.fail("silenceAfter", { at: isPost });
  hub.simulator.beforeEach = (request) => {
    if (isPost(request)) hub.simulator.fail("unauthorized", { at: isGet, times: always });
  };
  const { json } = await hub.patiently(hub.mark("mark-as-sold", { body: SALE, key: "sale-1" }));
  expect(json.outcome).toBe("unknown");
}

test("a settled command goes after its days, with the buyer in its answer and its idempotency key", async () => {
  await using hub = await givenHub({ env });
  const first = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  hub.clock.advance(12 * HOUR);
  await hub.mark("mark-as-not-sold");
  await hub.app.advance(11 * HOUR);
  expect(await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" })).toEqual(first);
  expect(JSON.stringify(await hub.commands())).toContain("Bea");

  await hub.app.advance(3 * HOUR);
  expect(await hub.commands()).toMatchObject([{ name: "mark-as-not-sold" }]);
  hub.world.markAsProvisional(hub.listing.id);
  const anew = await hub.mark("mark-as-sold", { body: { salePrice: 4600 }, key: "sale-1" });
  expect(anew.json).toMatchObject({ outcome: "done", listing: { sale: { price: 4600 } } });
  expect(anew.json.commandId).not.toBe(first.json.commandId);

  await hub.app.advance(2 * DAY);
  using sqlite = new Database(join(hub.app.dataDir, "lanehook.db"), { readonly: true });
  expect(sqlite.query("SELECT count(*) AS n FROM commands").get()).toEqual({ n: 0 });
});

test("one whose end is not known stays, however old, until it was learned and then its days", async () => {
  await using hub = await givenHub({ env });
  await givenUnknown(hub);
  await hub.app.advance(5 * DAY);
  expect(await hub.commands()).toMatchObject([{ idempotencyKey: "sale-1", outcome: "unknown" }]);

  hub.simulator.beforeEach = () => {};
  hub.simulator.recover();
  const repeat = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  expect(repeat.json).toMatchObject({ outcome: "done", listing: { status: "SOLD" } });
  await hub.app.advance(20 * HOUR);
  expect(await hub.commands()).toMatchObject([{ outcome: "done" }]);
  await hub.app.advance(6 * HOUR);
  expect(await hub.commands()).toEqual([]);
  expect(hub.posts()).toBe(1);
});

test("once its connector is deleted nothing can be learned any more, and it goes, too", async () => {
  await using hub = await givenHub({ env });
  await givenUnknown(hub);
  await hub.app.call("DELETE", "/connectors/cars", { auth: hub.token });
  using sqlite = new Database(join(hub.app.dataDir, "lanehook.db"), { readonly: true });
  const commands = () => sqlite.query("SELECT status FROM commands").all();
  await hub.app.advance(20 * HOUR);
  expect(commands()).toEqual([{ status: "sent" }]);
  await hub.app.advance(6 * HOUR);
  expect(commands()).toEqual([]);
});

test("one that a stop ended before anything was sent goes after its days", async () => {
  await using hub = await givenHub({ env });
  hub.simulator.letsWait = () => {};
  hub.simulator.fail("silence", { at: isGet });
  const asked = hub.simulator.requests.length;
  const marked = hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  while (hub.simulator.requests.length === asked) await Bun.sleep(1);
  const restarted = hub.restart();
  hub.clock.advance(5 * SECOND);
  expect((await marked).outcome).toBe("503 not_ready");
  await restarted;
  await hub.app.advance(20 * HOUR);
  expect(await hub.commands()).toMatchObject([{ outcome: "not-done", sentAt: null }]);
  await hub.app.advance(6 * HOUR);
  expect(await hub.commands()).toEqual([]);
});
