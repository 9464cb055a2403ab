import { expect, test } from "bun:test";
import type { SeenRequest } from "../../src/simulators/dealerauction/dealerauction.ts";
import { SECOND } from "../support/test-app.ts";
import { givenHub, SALE } from "./given.ts";

const isPost = ({ method }: SeenRequest) => method === "POST";
const isGet = ({ method }: SeenRequest) => method === "GET";

test("a repeat with the same key gets the first outcome, and nothing is sent again", async () => {
  await using hub = await givenHub();
  const first = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  hub.world.markAsNotSold(hub.listing.id);
  hub.world.markAsProvisional(hub.listing.id);
  const asked = hub.simulator.requests.length;
  const repeat = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  expect(repeat).toEqual(first);
  expect(hub.simulator.requests).toHaveLength(asked);
  expect(await hub.commands()).toMatchObject([{ idempotencyKey: "sale-1", outcome: "done" }]);
  await hub.restart();
  expect(await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" })).toEqual(first);
});

test("a first outcome that was a refusal stays one; another key is another command", async () => {
  await using hub = await givenHub();
  hub.world.markAsNotSold(hub.listing.id);
  const first = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  expect(first.outcome).toBe("409 listing_state");
  hub.world.markAsProvisional(hub.listing.id);
  expect(await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" })).toEqual(first);
  expect((await hub.mark("mark-as-sold", { body: SALE, key: "sale-2" })).outcome).toBe("200");
});

test("the same key with another request is refused", async () => {
  await using hub = await givenHub();
  await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  const reused = "409 idempotency_key_reused";
  expect((await hub.mark("mark-as-sold", { body: { salePrice: 4600 }, key: "sale-1" })).outcome).toBe(reused);
  expect((await hub.mark("mark-as-not-sold", { key: "sale-1" })).outcome).toBe(reused);
  const at = "/connectors/cars/listings/other";
  expect((await hub.mark("mark-as-sold", { body: SALE, key: "sale-1", at })).outcome).toBe(reused);
  expect(hub.posts()).toBe(1);
});

test("two at once with one key are one; without a key the second is refused while the first is under way", async () => {
  await using hub = await givenHub();
  const twice = [1, 2].map(() => hub.mark("mark-as-sold", { body: SALE, key: "sale-1" }));
  const [one, other] = await Promise.all(twice);
  expect(one?.outcome).toBe("200");
  expect(other).toEqual(one as NonNullable<typeof one>);
  expect(await hub.commands()).toHaveLength(1);

  const marks = [1, 2, 3].map(() => hub.mark("mark-as-not-sold"));
  const outcomes = (await Promise.all(marks)).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(["200", "409 command_running", "409 command_running"]);
  expect(hub.posts()).toBe(2);
});

test("a repeat of one whose end is not known looks it up, and does not send", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("silenceAfter", { at: isPost });
  hub.simulator.beforeEach = (request) => {
    if (isPost(request)) hub.simulator.fail("unauthorized", { at: isGet, times: Number.POSITIVE_INFINITY });
  };
  const mark = () => hub.patiently(hub.mark("mark-as-sold", { body: SALE, key: "sale-1" }));
  expect((await mark()).json).toMatchObject({ code: "upstream_failed", outcome: "unknown" });
  expect((await mark()).json).toMatchObject({ code: "upstream_failed", outcome: "unknown" });
  hub.simulator.recover();
  expect((await mark()).json).toMatchObject({ outcome: "done", listing: { status: "SOLD" } });
  expect(hub.posts()).toBe(1);
  expect(await hub.commands()).toMatchObject([{ outcome: "done", settledAt: expect.any(String) }]);
});

test("a hub that stops in the middle leaves it unknown, and the next one finds out by reading", async () => {
  for (const [failure, outcome] of [
    ["silenceAfter", "done"],
    ["silence", "not-done"],
  ] as const) {
    await using hub = await givenHub();
    hub.simulator.letsWait = () => {}; // nothing passes
    hub.simulator.fail(failure, { at: isPost });
    const marked = hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
    while (hub.posts() === 0) await Bun.sleep(1);
    const restarted = hub.restart();
    hub.clock.advance(5 * SECOND);
    expect((await marked).json).toMatchObject({ code: "upstream_failed", outcome: "unknown" });
    await restarted;
    await hub.app.advance(SECOND);
    // What was lost so shortly ago may still be under way at the upstream.
    const early = outcome === "done" ? "done" : "unknown";
    expect(await hub.commands()).toMatchObject([{ outcome: early }]);
    await hub.app.advance(70 * SECOND);
    expect(await hub.commands()).toMatchObject([{ outcome }]);
    const repeat = await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
    expect(repeat.json.outcome).toBe(outcome);
    expect(hub.posts()).toBe(1);
  }
});

test("a hub that stops before anything was sent has not done it, and a repeat then does it", async () => {
  await using hub = await givenHub();
  hub.simulator.letsWait = () => {};
  hub.simulator.fail("silence", { at: isGet });
  const asked = hub.simulator.requests.length;
  const marked = hub.mark("mark-as-sold", { body: SALE, key: "sale-1" });
  while (hub.simulator.requests.length === asked) await Bun.sleep(1);
  const restarted = hub.restart();
  hub.clock.advance(5 * SECOND);
  expect((await marked).outcome).toBe("503 not_ready");
  await restarted;
  expect(await hub.commands()).toMatchObject([{ outcome: "not-done", sentAt: null, answer: null }]);
  expect((await hub.mark("mark-as-sold", { body: SALE, key: "sale-1" })).outcome).toBe("200");
  expect(await hub.commands()).toHaveLength(1);
  expect(hub.posts()).toBe(1);
});

test("commands are listed newest first, page by page, to their own customer and connector", async () => {
  await using hub = await givenHub();
  for (const name of ["mark-as-not-sold", "mark-as-provisional", "mark-as-not-sold"]) await hub.mark(name);
  const list = async (query: string) =>
    (await hub.app.call("GET", `/connectors/cars/commands?${query}`, { auth: hub.token })).json();
  const first = await list("limit=2");
  const second = await list(`limit=2&lastKey=${first.nextKey}`);
  const names = [...first.commands, ...second.commands].map(({ name }) => name);
  expect(names).toEqual(["mark-as-not-sold", "mark-as-provisional", "mark-as-not-sold"]);
  expect(second.nextKey).toBeNull();
  expect((await list("limit=0")).code).toBe("invalid_input");
  expect((await list("lastKey=abc")).code).toBe("invalid_page_key");
});

test("no log line tells a price, a buyer or a listing", async () => {
  const lines: string[] = [];
  const write = (fact: string, fields?: object) => void lines.push(`${fact} ${JSON.stringify(fields)}`);
  await using hub = await givenHub({ log: { debug: write, info: write, warn: write, error: write } });
  await hub.mark("mark-as-sold", { body: SALE });
  hub.simulator.fail("serverError", { times: 20 });
  const read = hub.app.call("GET", hub.path, { auth: hub.token });
  await read;
  expect(lines.filter((line) => line.startsWith("command."))).toHaveLength(1);
  expect(lines.join("\n")).not.toMatch(/4500|Bea|Example Dealer|example password|bea\.buyer/);
});
