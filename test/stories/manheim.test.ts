import { afterEach, beforeEach, expect, test } from "bun:test";
import { eventMessage } from "../../src/simulators/manheim/messages.ts";
import { type ManheimSimulator, startManheimSimulator } from "../../src/simulators/manheim/simulator.ts";
import { type PutConnector, poll, readConnector, runsOf } from "../support/connector-hub.ts";
import { problemIn } from "../support/problem.ts";
import { isSignedWith, type Receiver, startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";

const NAME = "manheim-uat";
const HEADER = { name: "X-Manheim-Key", value: "a registered secret" };

let app: TestApp;
let simulator: ManheimSimulator;
let receiver: Receiver;
let token: string;

/** A dealer that hears of everything of Manheim; three consignments are there. */
beforeEach(async () => {
  app = await startTestApp({ env: { DELIVERY_CONCURRENCY: "1" } });
  simulator = startManheimSimulator({ clock: app.clock, random: Math.random });
  receiver = startReceiver();
  for (let n = 0; n < 3; n++) simulator.world.create();
  ({ token } = await app.givenCustomer({ auctionIds: [] }));
  await app.givenSubscription(token, { url: receiver.url, eventType: "manheim.*" });
});

afterEach(async () => {
  await app[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await simulator[Symbol.asyncDispose]();
});

async function connect(settings: Record<string, unknown> = {}): Promise<PutConnector> {
  const given = { baseUrl: simulator.url, ...simulator.credentials, pageSize: 2, ...settings };
  const body = { kind: "manheim", environment: "sandbox", settings: given };
  const answer = await app.call("PUT", `/connectors/${NAME}`, { auth: token, body });
  expect(answer.status, answer.text).toBe(201);
  return answer.json();
}

/** What came since the last time, such as `checkedin <id>`. */
async function arrived(): Promise<string[]> {
  await app.idle();
  return receiver.received
    .splice(0)
    .map(({ headers, body }) =>
      [
        headers["x-webhook-event"]?.replace("manheim.consignments.", ""),
        JSON.parse(body).body.href.split("/").at(-1),
      ].join(" "),
    );
}

const consignments = (path: string) =>
  app.call("GET", `/connectors/${NAME}/consignments/${path}`, { auth: token });

test("from credentials to the first events, and to those of two changes, each delivered once and signed", async () => {
  const connector = await connect();
  expect(connector).toMatchObject({
    status: "active",
    check: { ok: true },
    settings: { username: "dealer" },
  });
  const { secret, password } = simulator.credentials;
  for (const hidden of [secret, password]) expect(JSON.stringify(connector)).not.toContain(hidden);
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, pages: 2, items: 3, events: 3 });
  const [first = "", second = "", third = ""] = simulator.world.ids;
  await app.idle();
  const { signingSecret } = (await app.call("GET", "/signing-secret", { auth: token })).json();
  for (const webhook of receiver.received) {
    expect(isSignedWith(signingSecret, webhook)).toBe(true);
    expect(JSON.parse(webhook.body).unit.vin).toHaveLength(17);
  }
  expect((await arrived()).sort()).toEqual([first, second, third].map((id) => `created ${id}`).sort());

  app.clock.advance(SECOND);
  simulator.world.checkIn(second);
  simulator.world.remove(third);
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, items: 2, events: 2 });
  expect(await arrived()).toEqual([`checkedin ${second}`, `removed ${third}`]);
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, events: 0 });
  expect(await arrived()).toEqual([]);
});

test("with a silent first scan only what changes after it is told, and no unit is read for the rest", async () => {
  await connect({ initialScan: "silent" });
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, events: 0 });
  expect(simulator.requests.filter((request) => request.includes("/units/"))).toEqual([]);
  const [id = ""] = simulator.world.ids;
  app.clock.advance(SECOND);
  simulator.world.cancel(id);
  await poll(app, token, NAME);
  expect(await arrived()).toEqual([`cancelled ${id}`]);
});

test("another customer's subscriptions get nothing, whatever their auction ids", async () => {
  const other = await app.givenCustomer({ auctionIds: ["*"] });
  await using theirs = startReceiver();
  await app.givenSubscription(other.token, { url: theirs.url, eventType: "manheim.*" });
  await connect();
  await poll(app, token, NAME);
  expect(await arrived()).toHaveLength(3);
  expect(theirs.received).toEqual([]);
});

test("what is wrong stands in the status: a quota with its end, a path that is none, credentials", async () => {
  await connect();
  const midnight = Date.UTC(2026, 0, 2);
  simulator.faults.add({ path: "/consignments/mine", fault: "over-quota", resetAt: midnight });
  await poll(app, token, NAME);
  const paused = await readConnector(app, token, NAME);
  expect(paused).toMatchObject({ status: "failing", lastError: { code: "quota_used_up" } });
  expect(Date.parse(paused.nextRunAt ?? "")).toBeGreaterThanOrEqual(midnight);

  simulator.faults.add({ path: "/consignments/mine", fault: "not-a-service" });
  await poll(app, token, NAME);
  expect(await readConnector(app, token, NAME)).toMatchObject({
    status: "failing",
    nextRunAt: null,
    lastError: { code: "not_a_service" },
  });

  const { check } = await connect({ password: "another" });
  expect(check).toMatchObject({ ok: false });
  for (let times = 0; times < 2; times++) {
    expect((await poll(app, token, NAME)).error).toMatchObject({ code: "bad_credentials" });
  }
  expect(await readConnector(app, token, NAME)).toMatchObject({ status: "failing", nextRunAt: null });
  expect(JSON.stringify(await runsOf(app, token, NAME))).not.toContain("another");

  await connect({ password: simulator.credentials.password });
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, events: 3 });
  expect(await readConnector(app, token, NAME)).toMatchObject({ status: "active" });
});

test("a token that ends between two pages is renewed once, and the run goes on at its page", async () => {
  await connect();
  await poll(app, token, NAME);
  simulator.requests.length = 0;
  simulator.faults.add({ path: "/consignments/mine?direction", run: () => simulator.tokens.expire() });
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, pages: 2, requests: 4 });
  expect(simulator.requests[0]).toBe("GET /consignments/mine?limit=2");
  expect(simulator.requests[2]).toBe("POST /oauth2/token.oauth2");
  expect(simulator.requests[3]).toBe(simulator.requests[1]);
});

test("a pushed check-in is delivered at once, once, and not again by the next poll", async () => {
  const { inboundUrl } = await connect({ callbackHeader: HEADER });
  await poll(app, token, NAME);
  await arrived();
  const [id = ""] = simulator.world.ids;
  app.clock.advance(SECOND);
  simulator.world.checkIn(id);
  const eventType = "CONSIGNMENTS.CHECKEDIN";
  const message = eventMessage(simulator.world, id, { origin: simulator.url, eventId: "e-1", eventType });
  const path = new URL(inboundUrl ?? "").pathname.replace(/^\/api/, "");
  const push = (headers: Record<string, string>) => app.call("POST", path, { body: message, headers });

  expect(problemIn(await push({}))).toBe("401 unverified_webhook");
  for (let times = 0; times < 3; times++) {
    expect((await push({ [HEADER.name]: HEADER.value })).status).toBe(204);
  }
  expect(await arrived()).toEqual([`checkedin ${id}`]);
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true, events: 0 });
  expect(await readConnector(app, token, NAME)).toMatchObject({ webhooks: { received: 3, refused: 1 } });
});

test("messages that come while a scan is under way neither stop it nor are undone by it", async () => {
  const { inboundUrl } = await connect({ callbackHeader: HEADER });
  await poll(app, token, NAME);
  await arrived();
  const path = new URL(inboundUrl ?? "").pathname.replace(/^\/api/, "");
  const [first = "", , third = ""] = simulator.world.ids;
  const pushed: Promise<unknown>[] = [];
  const pushCheckIn = (id: string) => {
    app.clock.advance(10);
    simulator.world.checkIn(id);
    const eventType = "CONSIGNMENTS.CHECKEDIN";
    const message = eventMessage(simulator.world, id, { origin: simulator.url, eventId: id, eventType });
    pushed.push(app.call("POST", path, { body: message, headers: { [HEADER.name]: HEADER.value } }));
  };
  simulator.faults.add({ path: "/consignments/mine?limit", runBehind: () => pushCheckIn(first) });
  simulator.faults.add({ path: "/consignments/mine?direction", run: () => pushCheckIn(third) });
  expect(await poll(app, token, NAME)).toMatchObject({ complete: true });
  await Promise.all(pushed);
  await poll(app, token, NAME);
  expect((await arrived()).sort()).toEqual([`checkedin ${first}`, `checkedin ${third}`].sort());
});

test("consignments are looked up by id, unit and lifecycle, through the hub and with its credentials", async () => {
  await connect();
  const [id = ""] = simulator.world.ids;
  const { unitId, lifecycleId } = simulator.world.find(id) ?? expect.unreachable();
  for (let n = 0; n < 4; n++) simulator.world.create({ unitId });
  const idsIn = (answer: { json: () => { items: { href: string }[] } }) =>
    answer.json().items.map(({ href }) => href.split("/").at(-1));
  expect(idsIn(await consignments(id))).toEqual([id]);
  expect(idsIn(await consignments(`lifecycle/${lifecycleId}`))).toEqual([id]);
  expect(idsIn(await consignments(`unit/${unitId}`))).toHaveLength(5);
  expect(problemIn(await consignments("0"))).toBe("404 upstream_not_found");
  expect(problemIn(await consignments("unit/..%2fmine"))).toBe("422 invalid_input");
  simulator.faults.add({ path: "/consignments/id", fault: "over-qps" });
  expect(problemIn(await consignments(id))).toBe("502 upstream_failed");
  expect((await app.deliveriesOf(token)).length).toBe(0);
});
