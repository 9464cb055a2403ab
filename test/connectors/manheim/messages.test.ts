import { expect, test } from "bun:test";
import type { Step } from "../../../src/connectors/connector.ts";
import { eventMessage, type MessageForm } from "../../../src/simulators/manheim/messages.ts";
import { type GivenManheim, givenManheim, told } from "./manheim-world.ts";

const HEADER = { name: "Authorization", value: "ApiKey a registered key" };
const OURS = { authorization: HEADER.value };
const EMPTY = { drafts: [] };

/** Two consignments, told already, with a callback header registered; and the id of the first. */
async function givenSubscriber() {
  const given = await givenManheim({ consignments: 2, settings: { callbackHeader: HEADER } });
  await given.poll();
  given.clock.advance(1000);
  return { given, id: given.world.ids[0] ?? "" };
}

let events = 0;

/** A message of what the world now has, with an id of its own unless one is given. */
function messageOf(
  { simulator, world }: GivenManheim,
  id: string,
  { name, eventId = `event-${++events}`, ...more }: { name: string; eventId?: string; form?: MessageForm },
) {
  return eventMessage(world, id, {
    origin: simulator.url,
    eventId,
    eventType: `CONSIGNMENTS.${name}`,
    ...more,
  });
}

test.each<MessageForm>(["subscriber", "resource"])(
  "a check-in pushed in the form %s is told at once, and not again by the next poll",
  async (form) => {
    const { given, id } = await givenSubscriber();
    await using _ = given;
    given.world.checkIn(id);
    const message = messageOf(given, id, { name: "CHECKEDIN", form });
    const { drafts } = given.push(message, OURS);
    expect(told(drafts)).toEqual([["checkedin", id]]);
    expect(JSON.parse(drafts[0]?.payload ?? "")).toMatchObject({
      eventType: "CONSIGNMENTS.CHECKEDIN",
      href: expect.stringContaining("/events/id/event-"),
      body: message.body,
      unit: { vin: given.world.units.get(given.world.find(id)?.unitId ?? "")?.vin },
      createdOn: message.createdOn,
    });
    expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
    given.clock.advance(1000);
    given.world.amend(id);
    expect(told((await given.poll()).drafts)).toEqual([["updated", id]]);
  },
);

test("what a poll told is not told again by a message that comes after it", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const message = messageOf(given, id, { name: "CHECKEDIN" });
  expect(told((await given.poll()).drafts)).toEqual([["checkedin", id]]);
  expect(given.push(message, OURS)).toMatchObject({ received: { ok: true }, drafts: [] });
  expect((await given.poll()).drafts).toEqual([]);
});

test("UPDATED and CHECKEDIN for one change are one event, of the change's own kind", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  expect(told(given.push(messageOf(given, id, { name: "UPDATED" }), OURS).drafts)).toEqual([
    ["checkedin", id],
  ]);
  expect(given.push(messageOf(given, id, { name: "CHECKEDIN" }), OURS).drafts).toEqual([]);
});

test("messages are ordered by the consignment's own date: one that comes late is counted and dropped", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const earlier = messageOf(given, id, { name: "CHECKEDIN" });
  given.clock.advance(1000);
  given.world.checkOut(id);
  // Its own date may be days before that of the change (seed 003, CHECKEDOUT).
  const later = { ...messageOf(given, id, { name: "CHECKEDOUT" }), createdOn: "2025-12-28T17:18:00.512Z" };
  expect(told(given.push(later, OURS).drafts)).toEqual([["checkedout", id]]);
  expect(given.push(earlier, OURS)).toMatchObject({ received: { ok: true, step: { stale: 1 } }, drafts: [] });
  expect((await given.poll()).drafts).toEqual([]);
});

test("a message that is sent again is told once, by its href, also where two changes have one date", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.amend(id);
  const first = messageOf(given, id, { name: "UPDATED" });
  given.world.cancel(id);
  const second = messageOf(given, id, { name: "UPDATED" });
  const drafts = [first, first, second, first, second].flatMap((each) => given.push(each, OURS).drafts);
  expect(told(drafts)).toEqual([
    ["updated", id],
    ["cancelled", id],
  ]);
});

test("a consignment first heard of by a message is what the message calls it, and then known", async () => {
  const { given } = await givenSubscriber();
  await using _ = given;
  const id = given.world.create();
  given.world.checkIn(id);
  expect(told(given.push(messageOf(given, id, { name: "CHECKEDIN" }), OURS).drafts)).toEqual([
    ["checkedin", id],
  ]);
  expect((await given.poll()).drafts).toEqual([]);
});

test("a page that was on its way while a message came does not take its change back", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.simulator.faults.add({
    path: "/consignments/mine",
    runBehind() {
      given.clock.advance(10);
      given.world.checkIn(id);
      given.push(messageOf(given, id, { name: "CHECKEDIN" }), OURS);
    },
  });
  expect(await given.poll()).toMatchObject({ isComplete: true, drafts: [] });
  expect((await given.poll()).drafts).toEqual([]);
  expect(told(given.memory.admitted).at(-1)).toEqual(["checkedin", id]);
});

test("what a message told while a run goes on is left to the next run, which then knows it from a page", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  const remembered = (run: { steps: Step[] }) => run.steps.flatMap(({ remember = [] }) => remember);
  given.simulator.faults.add({
    path: "/consignments/mine",
    run() {
      given.clock.advance(10);
      given.world.checkIn(id);
      given.push(messageOf(given, id, { name: "CHECKEDIN" }), OURS);
    },
  });
  expect(remembered(await given.poll())).toEqual([]);
  expect(remembered(await given.poll())).toMatchObject([[`consignment/${id}`, expect.any(String)]]);
  expect(remembered(await given.poll())).toEqual([]);
  expect(told(given.memory.admitted).at(-1)).toEqual(["checkedin", id]);
});

test("a page that lags behind a message is stale: counted, and nothing is told", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const ahead = messageOf(given, id, { name: "CHECKEDIN" });
  ahead.body.updatedOn = new Date(given.clock.now() + 5000).toISOString();
  given.push(ahead, OURS);
  given.clock.advance(1000);
  const run = await given.poll();
  expect(run).toMatchObject({ isComplete: true, drafts: [], steps: [{ stale: 1 }] });
});

test("a message that comes again after its consignment is gone brings it back to nobody", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const message = messageOf(given, id, { name: "CHECKEDIN" });
  given.push(message, OURS);
  given.world.remove(id);
  expect(told((await given.poll()).drafts)).toEqual([["removed", id]]);
  expect(given.push(message, OURS)).toMatchObject({ received: { ok: true }, drafts: [] });
});

test.each(["TEST.EVENT", "TEST.TESTED", "test.event"])(
  "%s is acknowledged and dropped",
  async (eventType) => {
    const { given } = await givenSubscriber();
    await using _ = given;
    const message = { eventType, href: "https://uat.api.manheim.com/events/id/1", body: {} };
    expect(given.push(message, OURS).received).toEqual({ ok: true, step: EMPTY });
  },
);

test("a message that only names its consignment is acknowledged, and the next poll tells the change", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const { body: _body, ...bare } = messageOf(given, id, { name: "CHECKEDIN", form: "resource" });
  expect(given.push(bare, OURS).received).toEqual({ ok: true, step: EMPTY });
  expect(told((await given.poll()).drafts)).toEqual([["checkedin", id]]);
});

test("events of other resources go on as they came, once; a unit is read anew after its own", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  const unitId = given.world.find(id)?.unitId ?? "";
  const text = `{"eventType":"UNITS.UPDATED","href":"${given.simulator.url}/events/id/77","body":{"href":"${given.simulator.url}/units/id/${unitId}","odometer":12345678901234567890,"price":1.50}}`;
  const [draft] = given.push(text, OURS).drafts;
  expect(draft).toEqual({ eventType: "manheim.units.updated", payload: text, key: "event/77" });
  expect(given.push(text, OURS).drafts).toEqual([]);
  const unit = given.world.units.get(unitId) ?? expect.unreachable();
  unit.odometer = 99;
  given.world.checkIn(id);
  const [checkedIn] = (await given.poll()).drafts;
  expect(JSON.parse(checkedIn?.payload ?? "").unit.description.odometer.reading).toBe(99);
});

test("nothing is taken without the registered header, and nothing at all where none is set", async () => {
  const { given, id } = await givenSubscriber();
  await using _ = given;
  given.world.checkIn(id);
  const message = messageOf(given, id, { name: "CHECKEDIN" });
  for (const headers of [
    {},
    { authorization: "" },
    { authorization: "ApiKey" },
    { "x-other": HEADER.value },
  ]) {
    const { received } = given.push(message, headers as Record<string, string>);
    expect(received).toMatchObject({
      ok: false,
      status: 401,
      reason: expect.not.stringContaining("a registered"),
    });
  }
  await using open = await givenManheim();
  expect(open.push(message, { authorization: "" }).received).toMatchObject({ ok: false, status: 401 });
});

test.each([
  "",
  "{",
  "[]",
  "null",
  '"CONSIGNMENTS.UPDATED"',
  "{}",
  '{"eventType":7}',
  '{"eventType":"a b"}',
  '{"eventType":"CONSIGNMENTS.UPDATED","body":{"status":"ACTIVE"}}',
])("a body that is no event message is answered 400: %p", async (text) => {
  const { given } = await givenSubscriber();
  await using _ = given;
  expect(given.push(text, OURS).received).toMatchObject({ ok: false, status: 400 });
});
