import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import type { Log } from "../../src/log.ts";
import { RETRY_AFTER_MS } from "../../src/simulators/roadster/callbacks.ts";
import { givenHub } from "../connectors/roadster/given-hub.ts";
import { problemIn } from "../support/problem.ts";
import { isSignedWith, startReceiver } from "../support/receiver.ts";

const IDS = { customer_id: "C-6453", lead_id: "L-6459", agent_id: "A-007", dealer_id: "D-004" };

test("a callback is delivered signed and masked, answered with the dealer's own ids, and names them from then on", async () => {
  await using hub = await givenHub();
  await using receiver = startReceiver();
  const { app, token, callbacks, buyer } = hub;
  await app.givenSubscription(token, { url: receiver.url, eventType: "roadster.*" });
  const first = await callbacks.send(hub.event());
  expect(first).toEqual({ status: 200, contentType: "application/json", answer: "{}" });
  const set = await hub.ask("PUT", `/customers/${buyer.id}/ids`, { body: IDS });
  expect([set.status, set.json()]).toEqual([200, IDS]);
  const second = await callbacks.send(hub.event("customer_reserved_vehicle"));
  expect([second.contentType, JSON.parse(second.answer)]).toEqual(["application/json", IDS]);
  await callbacks.send(hub.event("agent_sent_message"));
  await receiver.got(3);
  await app.idle();
  const secret = (await app.call("GET", "/signing-secret", { auth: token })).json().signingSecret;
  expect(receiver.received.every((each) => isSignedWith(secret, each))).toBe(true);
  const told = receiver.received.map(({ headers, body }) => [headers["x-webhook-event"], JSON.parse(body)]);
  expect(told).toMatchObject([
    ["roadster.agent_sent_message", { customer: { id: buyer.id, gov_id: "***", gov_id_type: "dni" } }],
    ["roadster.customer_reserved_vehicle", { credit_applicant: { ssn: "***", license_state: "CA" } }],
    ["roadster.agent_sent_message", { api_partner: { name: "api.partner", ...IDS } }],
  ]);
  expect(told[0]?.[1]).not.toHaveProperty("api_partner");
  expect((await hub.ask("GET", `/customers/${buyer.id}/ids`)).json()).toEqual(IDS);
  expect((await hub.read()).webhooks).toMatchObject({ received: 3, refused: 0 });
});

test("nothing that is nobody's business stands anywhere on disk or in the log; with keepSensitive it is delivered", async () => {
  const lines: string[] = [];
  const note = (fact: string, fields?: object) => void lines.push(fact + JSON.stringify(fields ?? {}));
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const secrets = /900-12-3456|48120377|X4410279|1984-02-17/;
  for (const keepSensitive of [false, true]) {
    await using hub = await givenHub({ log, settings: { keepSensitive } });
    await using receiver = startReceiver();
    await hub.app.givenSubscription(hub.token, { url: receiver.url, eventType: "roadster.*" });
    await hub.callbacks.send(hub.event());
    await hub.callbacks.send({ ...hub.event(), event_type: "" });
    await receiver.got(1);
    await hub.app.idle();
    const kept = await allOnDisk(hub.app.dataDir);
    expect({ keepSensitive, isKept: secrets.test(kept) }).toEqual({ keepSensitive, isKept: keepSensitive });
    expect(secrets.test(receiver.received[0]?.body ?? "")).toBe(keepSensitive);
    expect(kept).toContain("sam.buyer@example.com");
  }
  expect(lines.join("\n")).not.toMatch(secrets);
  expect(lines.join("\n")).not.toContain("sam.buyer");
});

test("a callback that is not taken comes again by its schedule until it is, and is delivered once", async () => {
  await using hub = await givenHub();
  await using receiver = startReceiver();
  const { app, token, callbacks } = hub;
  await app.givenSubscription(token, { url: receiver.url, eventType: "roadster.*" });
  await hub.ask("PATCH", "/status", { body: { status: "paused" } });
  const beganAt = hub.clock.now();
  const delivering = callbacks.deliver(hub.event());
  const untilNow = () => hub.clock.now() - beganAt;
  while (untilNow() < 400_000) await passABit(hub, 20_000);
  await hub.ask("PATCH", "/status", { body: { status: "active" } });
  let result: Awaited<typeof delivering> | null = null;
  delivering.then((each) => {
    result = each;
  });
  while (result === null) await passABit(hub, 60_000);
  expect(result as unknown).toEqual({ isTaken: true, attempts: 4 });
  expect(untilNow()).toBeGreaterThan(RETRY_AFTER_MS.slice(0, 3).reduce((sum, each) => sum + each, 0));
  await app.idle();
  expect(receiver.received).toHaveLength(1);
});

test("any order and repetition of callbacks gives the same set of events", async () => {
  await using hub = await givenHub();
  await using receiver = startReceiver();
  await hub.app.givenSubscription(hub.token, { url: receiver.url, eventType: "roadster.*" });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), async (order) => {
      receiver.received.length = 0;
      round++;
      const events = [0, 1, 2, 3].map((n) => ({ ...hub.event("order.updated"), event_id: `${round}/${n}` }));
      const sent = order.map((n) => events[n] ?? expect.unreachable());
      const half = Math.floor(sent.length / 2);
      await Promise.all(sent.slice(0, half).map((event) => hub.callbacks.send(event)));
      for (const event of sent.slice(half)) expect((await hub.callbacks.send(event)).status).toBe(200);
      await hub.app.idle();
      const told = receiver.received.map(({ body }) => JSON.parse(body).event_id);
      expect(told.toSorted()).toEqual([...new Set(sent.map(({ event_id }) => event_id))].toSorted());
    }),
    { numRuns: 15 },
  );
});

test("a wrong key is refused, counted, and tells nothing; callbacks are taken while Roadster is down", async () => {
  await using hub = await givenHub();
  const { callbacks, simulator } = hub;
  const wrong = await callbacks.send(hub.event(), { key: "another-key" });
  expect([wrong.status, JSON.parse(wrong.answer).code]).toEqual([401, "unverified_webhook"]);
  simulator.fail("serverError", { times: Number.POSITIVE_INFINITY });
  expect((await callbacks.send(hub.event())).status).toBe(200);
  expect((await hub.read()).webhooks).toMatchObject({
    received: 1,
    refused: 1,
    lastRefusal: { reason: "the key in Authorization is not the API key" },
  });
});

test("ids are set anew, forgotten, and nobody else's; another host begins without any", async () => {
  await using hub = await givenHub();
  const { app, buyer, callbacks, token } = hub;
  const path = `/customers/${buyer.id}/ids`;
  await hub.ask("PUT", path, { body: IDS });
  expect((await hub.ask("PUT", path, { body: { lead_id: "L-2", agent_id: null } })).json()).toEqual({
    lead_id: "L-2",
  });
  expect(JSON.parse((await callbacks.send(hub.event())).answer)).toEqual({ lead_id: "L-2" });
  expect((await hub.ask("PUT", path, { body: {} })).json()).toEqual({});
  expect((await callbacks.send(hub.event())).answer).toBe("{}");
  await hub.ask("PUT", path, { body: IDS });
  const stranger = await app.givenCustomer();
  const strange = await app.call("GET", `/connectors/shop${path}`, { auth: stranger.token });
  expect(problemIn(strange)).toBe("404 connector_not_found");
  for (const body of [{ lead_id: "" }, { lead_id: 7 }, { other: "x" }, { lead_id: "x".repeat(201) }]) {
    expect(problemIn(await hub.ask("PUT", path, { body }))).toBe("422 invalid_input");
  }
  expect(problemIn(await hub.ask("PUT", "/customers/a%2Fb/ids", { body: IDS }))).toBe("422 invalid_input");
  await app.call("PUT", "/connectors/shop", {
    auth: token,
    body: hub.body({ baseUrl: "http://127.0.0.1:1/v1" }),
  });
  expect((await hub.ask("GET", path)).json()).toEqual({});
});

test("the inventory is polled by its own schedule and delivered; a removed car shows", async () => {
  await using hub = await givenHub({ settings: { inventorySchedule: "0 3 * * *" }, schedule: "* * * * *" });
  await using receiver = startReceiver();
  const { app, token, world, connector } = hub;
  await app.givenSubscription(token, { url: receiver.url, eventType: "roadster.vehicle.*" });
  expect(connector).toMatchObject({
    schedule: "0 3 * * *",
    nextRunAt: expect.stringMatching(/^2026-01-01T03:0/),
  });
  const car = world.add("lakeside");
  await app.advance(4 * 3_600_000);
  world.change(car, { isInStock: false });
  expect((await app.call("POST", "/connectors/shop/poll", { auth: token })).json()).toMatchObject({
    complete: true,
    events: 1,
  });
  await app.idle();
  expect(receiver.received.map(({ headers }) => headers["x-webhook-event"])).toEqual([
    "roadster.vehicle.added",
    "roadster.vehicle.removed",
  ]);
  const wrong = hub.body({ inventorySchedule: "every day" });
  const refused = await app.call("PUT", "/connectors/shop", { auth: token, body: wrong });
  expect([problemIn(refused), refused.json().errors[0].path]).toEqual([
    "422 invalid_input",
    "settings.inventorySchedule",
  ]);
});

test("no secret and no key is ever shown", async () => {
  await using hub = await givenHub();
  const shown = JSON.stringify([hub.connector, await hub.read()]);
  expect(shown).not.toMatch(/roadster-example-key|your_encryption_key/);
  expect(hub.connector).toMatchObject({ secrets: ["apiKey", "cipherKey"], check: { ok: true } });
});

/** Moves on and lets what is under way on both sides go on. */
async function passABit({ app, clock }: Awaited<ReturnType<typeof givenHub>>, ms: number): Promise<void> {
  clock.advance(ms);
  for (let turns = 0; turns < 5; turns++) await Bun.sleep(1);
  await app.idle();
}

/** Every byte of the database, what is not yet in its main file, too. */
async function allOnDisk(dataDir: string): Promise<string> {
  using sqlite = new Database(join(dataDir, "lanehook.db"), { readonly: true });
  const tables = sqlite
    .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all();
  const rows = tables.map(({ name }) => JSON.stringify(sqlite.query(`SELECT * FROM "${name}"`).all()));
  const files = ["lanehook.db", "lanehook.db-wal"].map((file) => Bun.file(join(dataDir, file)).text());
  return [...rows, ...(await Promise.all(files))].join("\n");
}
