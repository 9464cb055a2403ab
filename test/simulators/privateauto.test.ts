import { expect, test } from "bun:test";
import { startSimulator } from "../connectors/privateauto/given.ts";
import { startReceiver } from "../support/receiver.ts";
import { TestClock } from "../support/test-clock.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

test("a webhook is retried after 1, 5 and 15 minutes, unchanged, and then no more", async () => {
  const clock = new TestClock(0);
  await using receiver = startReceiver(500);
  const simulator = startSimulator(clock);
  const { deliveries } = simulator;
  deliveries.endpoint.url = receiver.url;
  const { eventId } = deliveries.emit("deal.created", { id: "1" });
  const attemptedAt: number[] = [];
  await deliveries.idle();
  for (let seen = 0; clock.now() <= 60 * MINUTE; clock.advance(SECOND)) {
    await deliveries.idle();
    if (receiver.received.length > seen) attemptedAt.push(clock.now());
    seen = receiver.received.length;
  }
  expect(attemptedAt).toEqual([0, 1 * MINUTE, 6 * MINUTE, 21 * MINUTE]);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers["x-pa-signature"])).size).toBe(1);
  expect(receiver.received[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "user-agent": "PrivateAuto-Webhooks/1.0",
    "x-pa-event": "deal.created",
    "x-pa-event-id": eventId,
    "x-pa-partner": "partner-acme",
    "x-pa-timestamp": "1970-01-01T00:00:00.000Z",
  });
  expect(deliveries.log).toMatchObject([{ status: "failed", statusCode: 500 }]);
  await simulator.stop();
});

test("a receiver that is silent for ten seconds has failed", async () => {
  const clock = new TestClock(0);
  await using receiver = startReceiver([() => new Promise<Response>(() => {}), 200]);
  const simulator = startSimulator(clock);
  const { deliveries } = simulator;
  deliveries.endpoint.url = receiver.url;
  deliveries.emit("deal.created", { id: "1" });
  await receiver.got(1);
  clock.advance(10 * SECOND);
  await deliveries.idle();
  expect(deliveries.log).toMatchObject([{ status: "failed", statusCode: null }]);
  clock.advance(MINUTE);
  await deliveries.idle();
  expect(deliveries.log).toMatchObject([{ status: "delivered" }]);
  await simulator.stop();
});

test("nothing is answered without a token of the partner's that is good now", async () => {
  const simulator = startSimulator(new TestClock());
  for (const authorization of ["", "Bearer x", "Bearer a.b.c", "Basic YTpi"]) {
    const headers: Record<string, string> = authorization === "" ? {} : { authorization };
    expect((await fetch(`${simulator.url}/data/deals/partner-acme`, { headers })).status).toBe(401);
  }
  await simulator.stop();
});
