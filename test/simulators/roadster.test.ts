import { expect, test } from "bun:test";
import { realSeams } from "../../src/seams.ts";
import { RETRY_AFTER_MS } from "../../src/simulators/roadster/callbacks.ts";
import { eventOf } from "../../src/simulators/roadster/events.ts";
import { openLife } from "../../src/simulators/roadster/life.ts";
import { CALLBACKS_PATH, startRoadster } from "../../src/simulators/roadster/roadster.ts";
import { seeded } from "../connectors/dealerauction/given.ts";
import { startReceiver } from "../support/receiver.ts";
import { TestClock } from "../support/test-clock.ts";

/** A Roadster with one customer, which calls a receiver back. */
function givenCallbacks(answers: Parameters<typeof startReceiver>[0]) {
  const clock = new TestClock();
  const receiver = startReceiver(answers);
  const simulator = startRoadster({ seams: { ...realSeams(), clock, random: seeded() } });
  const { world, callbacks } = simulator;
  callbacks.url = receiver.url;
  const customer = world.addCustomer({
    dpid: "lakeside",
    email: "a@example.com",
    firstName: "A",
    lastName: "B",
  });
  const event = (eventId = "e1") => {
    const partner = callbacks.partnerOf(customer.id);
    return eventOf({ eventType: "x", eventId, at: clock.now(), customer, car: null, partner });
  };
  return {
    clock,
    receiver,
    simulator,
    callbacks,
    event,
    /** Lets time pass until a delivery has ended. */
    async untilOver<T>(delivery: Promise<T>): Promise<T> {
      let isOver = false;
      delivery.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await Bun.sleep(2); // the exchange on its way needs a real moment
        const next = clock.nextTimerAt;
        if (next !== null && next > clock.now() + 10_000) clock.moveTo(next);
      }
      return delivery;
    },
    async [Symbol.asyncDispose]() {
      await simulator.stop();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

test("what is not answered with 2xx comes again by the schedule, and then no more", async () => {
  await using given = givenCallbacks([500, 302, 404, 204]);
  const beganAt = given.clock.now();
  expect(await given.untilOver(given.callbacks.deliver(given.event()))).toEqual({
    isTaken: true,
    attempts: 4,
  });
  const [one = 0, two = 0, three = 0] = RETRY_AFTER_MS;
  expect(given.clock.now() - beganAt).toBe(one + two + three);
  given.receiver.answer(503);
  const lost = await given.untilOver(given.callbacks.deliver(given.event("e2")));
  expect(lost).toEqual({ isTaken: false, attempts: RETRY_AFTER_MS.length + 1 });
});

test("an endpoint that takes nothing for days is switched off", async () => {
  await using given = givenCallbacks(500);
  await given.untilOver(given.callbacks.deliver(given.event()));
  given.clock.advance(3 * 86_400_000);
  expect(given.callbacks.isDisabled).toBe(true);
  const came = given.receiver.received.length;
  expect(await given.callbacks.deliver(given.event("e2"))).toEqual({ isTaken: false, attempts: 0 });
  expect(given.receiver.received).toHaveLength(came);
});

test("ids are learned from an answer of exactly application/json, the four that are known and no others", async () => {
  const answer = (type: string) => () =>
    new Response('{"lead_id":"L-1","other":1}', { headers: { "content-type": type } });
  await using given = givenCallbacks([
    answer("application/json;charset=utf-8"),
    answer("application/json"),
    200,
  ]);
  for (let n = 1; n <= 3; n++) await given.callbacks.send(given.event(`e${n}`));
  const named = given.receiver.received.map(({ body }) => JSON.parse(body).api_partner);
  expect(named).toEqual([undefined, undefined, { name: "api.partner", lead_id: "L-1" }]);
  expect(given.receiver.received[0]?.headers.authorization).toBe("Bearer roadster-example-key");
});

test("a person names the endpoint, and things happen from then on", async () => {
  await using given = givenCallbacks(200);
  const { simulator, receiver, callbacks } = given;
  callbacks.url = null;
  const at = new URL(CALLBACKS_PATH, simulator.url);
  const wrong = await fetch(at, { method: "PUT", body: '{"url": 5}' });
  expect([wrong.status, callbacks.url]).toEqual([400, null]);
  await fetch(at, { method: "PUT", body: JSON.stringify({ url: receiver.url }) });
  expect(callbacks.url as string | null).toBe(receiver.url);
  const life = openLife(simulator, { clock: given.clock, random: seeded(3) });
  const said = Array.from({ length: 60 }, () => life.happen()).join("\n");
  for (const word of ["comes in", "is sold", "costs", "is sent"]) expect(said).toContain(word);
  await receiver.got(said.split("is sent").length - 1);
});
