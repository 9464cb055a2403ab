import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { SeenRequest } from "../../src/simulators/dealerauction/dealerauction.ts";
import { SECOND } from "../support/test-app.ts";
import { givenHub, SALE } from "./given.ts";

const isPost = ({ method }: SeenRequest) => method === "POST";
const isGet = ({ method }: SeenRequest) => method === "GET";
const always = Number.POSITIVE_INFINITY;

test("a car is marked as sold, and who asked for it, when, and what came of it is kept", async () => {
  await using hub = await givenHub();
  const { outcome, json } = await hub.mark("mark-as-sold", { body: SALE });
  expect(outcome).toBe("200");
  expect(json).toMatchObject({
    outcome: "done",
    listing: {
      id: hub.listing.id,
      status: "SOLD",
      sale: { price: 4500, buyer: { contacts: [{ type: "USER" }] } },
    },
  });
  expect(await hub.commands()).toMatchObject([
    {
      commandId: json.commandId,
      name: "mark-as-sold",
      target: `listings/${hub.listing.id}`,
      request: { listingId: hub.listing.id, salePrice: 4500 },
      idempotencyKey: null,
      askedBy: hub.email,
      createdAt: "2026-01-01T00:00:00.000Z",
      outcome: "done",
      answer: { status: "SOLD", sale: { price: 4500 } },
    },
  ]);
});

test("the command is on disk before anything is sent", async () => {
  await using hub = await givenHub();
  const onDisk: unknown[] = [];
  hub.simulator.beforeEach = () => {
    using sqlite = new Database(join(hub.app.dataDir, "lanehook.db"), { readonly: true });
    onDisk.push(sqlite.query("SELECT name, status, outcome FROM commands").get());
  };
  await hub.mark("mark-as-sold", { body: SALE });
  expect(onDisk).toEqual([
    { name: "mark-as-sold", status: "begun", outcome: null }, // while the listing is read
    { name: "mark-as-sold", status: "sent", outcome: null },
  ]);
});

test("in another state it is refused with what was found, and nothing is sent", async () => {
  await using hub = await givenHub();
  hub.world.markAsNotSold(hub.listing.id);
  const { outcome, json } = await hub.mark("mark-as-sold", { body: SALE });
  expect(outcome).toBe("409 listing_state");
  expect(json).toMatchObject({
    outcome: "refused",
    found: { status: "NOT_SOLD", bids: 1, salePrice: null },
    commandId: expect.any(String),
  });
  expect(hub.posts()).toBe(0);
  expect(await hub.commands()).toMatchObject([{ outcome: "refused", sentAt: null }]);
});

test("the answer was lost and the sale made: 200", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("silenceAfter", { at: isPost });
  expect((await hub.mark("mark-as-sold", { body: SALE })).outcome).toBe("200");
  expect(hub.posts()).toBe(1);
});

test("the answer was lost and the sale not made: 502 not-done, within its time", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("badGateway", { at: isPost });
  const { outcome, json, tookMs } = await hub.patiently(hub.mark("mark-as-sold", { body: SALE }));
  expect(outcome).toBe("502 upstream_failed");
  expect(json).toMatchObject({
    outcome: "not-done",
    found: { status: "PROVISIONAL" },
    upstreamStatus: 502,
    errorCode: "SERVER_ERROR",
    errorMessage: "An unexpected error has occurred",
  });
  expect(tookMs).toBeLessThan(20 * SECOND);
  expect(hub.posts()).toBe(1);
});

test("an upstream that falls silent for good: 502 unknown within 90 s, and then the hub finds out by itself", async () => {
  await using hub = await givenHub();
  hub.simulator.fail("silenceAfter", { at: isPost });
  hub.simulator.beforeEach = (request) => {
    if (isPost(request)) hub.simulator.fail("silence", { at: isGet, times: always });
  };
  const { outcome, json, tookMs } = await hub.patiently(hub.mark("mark-as-sold", { body: SALE }));
  expect(outcome).toBe("502 upstream_failed");
  expect(json).toMatchObject({ outcome: "unknown" });
  expect(tookMs).toBeLessThanOrEqual(90 * SECOND);
  expect(await hub.commands()).toMatchObject([{ outcome: "unknown", settledAt: null }]);
  hub.simulator.recover();
  await hub.app.advance(60 * SECOND);
  expect(await hub.commands()).toMatchObject([{ outcome: "done", answer: { status: "SOLD" } }]);
  expect(hub.posts()).toBe(1);
});

for (const [failure, expected, status] of [
  ["forbidden", "403 upstream_forbidden", 403],
  ["notFound", "404 upstream_not_found", 404],
  ["conflict", "409 upstream_conflict", 409],
  ["unauthorized", "502 upstream_failed", 401],
  ["tooManyForSeconds", "502 upstream_failed", 429],
] as const) {
  test(`${failure}: passed on as ${expected}, whether met by the reading or by the sending`, async () => {
    for (const at of [isGet, isPost]) {
      await using hub = await givenHub();
      hub.simulator.fail(failure, { at, times: always });
      const { outcome, json, text } = await hub.patiently(hub.mark("mark-as-sold", { body: SALE }));
      expect(outcome).toBe(expected);
      expect(json).toMatchObject({ upstreamStatus: status });
      expect(text).not.toMatch(/example password|Basic|Bea/);
      expect(hub.posts()).toBe(at === isPost ? 1 : 0);
    }
  });
}

test("a refusal of the upstream carries its error code and message", async () => {
  await using hub = await givenHub();
  hub.world.cancel(hub.listing.id);
  const { outcome, json } = await hub.mark("mark-as-provisional");
  expect(outcome).toBe("400 upstream_bad_request");
  expect(json).toMatchObject({ errorCode: "INVALID_STOCK_ITEM", errorMessage: "The listing is CANCELLED" });
});

test("a sale is taken back, and brought back to provisional", async () => {
  await using hub = await givenHub();
  await hub.mark("mark-as-sold", { body: SALE });
  expect((await hub.mark("mark-as-not-sold")).json).toMatchObject({ listing: { status: "NOT_SOLD" } });
  expect((await hub.mark("mark-as-provisional")).json).toMatchObject({ listing: { status: "PROVISIONAL" } });
  expect((await hub.commands()).map(({ name, outcome }) => [name, outcome])).toEqual([
    ["mark-as-provisional", "done"],
    ["mark-as-not-sold", "done"],
    ["mark-as-sold", "done"],
  ]);
});

test("a listing is read through, as it was sent", async () => {
  await using hub = await givenHub();
  const read = () => hub.app.call("GET", hub.path, { auth: hub.token });
  const answer = await read();
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
  expect(answer.json()).toMatchObject({ id: hub.listing.id, status: "PROVISIONAL" });
  for (const [failure, expected] of [
    ["notFound", { code: "upstream_not_found", errorCode: "SERVER_ERROR" }],
    ["forbidden", { code: "upstream_forbidden", errorCode: "SERVER_ERROR" }],
    ["serverError", { code: "upstream_failed" }],
    ["htmlPage", { code: "upstream_failed" }],
  ] as const) {
    hub.simulator.fail(failure);
    expect((await read()).json()).toMatchObject(expected);
  }
  expect(await hub.commands()).toEqual([]);
});

test("a wrong price, another's connector and one of another kind are refused before anything is asked", async () => {
  await using hub = await givenHub();
  const asked = hub.simulator.requests.length;
  for (const salePrice of [0, -1, 4500.5, "4500", 2 ** 31, null]) {
    expect((await hub.mark("mark-as-sold", { body: { salePrice } })).outcome).toBe("422 invalid_input");
  }
  expect((await hub.mark("mark-as-sold", { body: SALE, key: "x".repeat(257) })).outcome).toBe(
    "422 invalid_input",
  );
  const at = `/connectors/other/listings/${hub.listing.id}`;
  expect((await hub.mark("mark-as-sold", { body: SALE, at })).outcome).toBe("404 connector_not_found");
  const { token } = await hub.app.givenCustomer();
  for (const path of [hub.path, "/connectors/cars/commands"]) {
    expect((await hub.app.call("GET", path, { auth: token })).status).toBe(404);
  }
  expect(hub.simulator.requests).toHaveLength(asked);
});
