import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { isSignedWith, startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp } from "../support/test-app.ts";

const SOLD = "ae.asset.deal.sold.ams";

test("an event that is published is delivered at once, signed both ways, byte for byte", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const secret = (await app.call("GET", "/signing-secret", { auth: token })).json().signingSecret;

  const payload = '{"auction-id":"daanw","n":12345678901234567890, "f":1.0,"b":1,"a":2,"s":"\\u00e9 é 🚗"}';
  const [event] = await app.publish(`{"eventType":"${SOLD}","environment":"sandbox","payload":${payload}}`);
  await receiver.got(1);
  await app.idle();

  const [webhook] = receiver.received;
  expect(webhook?.body).toBe(payload);
  expect(webhook?.headers).toMatchObject({
    "content-type": "application/json",
    "x-webhook-event": SOLD,
    "x-webhook-id": event?.eventId,
    "webhook-id": event?.eventId,
    "x-webhook-attempt": "1",
  });
  expect(webhook && isSignedWith(secret, webhook)).toBe(true);
  expect(await app.deliveriesOf(token)).toMatchObject([
    { status: "success", attempts: 1, responseStatus: 200, responseBody: "OK", payload },
  ]);
});

test("a delivery that fails twice is delivered at the third attempt", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 503, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  await app.publish({ eventType: SOLD });
  await receiver.got(1);
  await app.advance(35 * SECOND);
  expect(receiver.attempts()).toEqual([1, 2, 3]);
  expect(await app.deliveriesOf(token)).toMatchObject([{ status: "success", attempts: 3 }]);
});

test("where receivers are faster than the disk, only a few outcomes wait: a kill repeats no more", async () => {
  let answered = 0;
  let most = 0;
  const fetch = async () => {
    answered += 1;
    if (answered % 10 === 0) most = Math.max(most, answered - (written.get()?.n ?? 0));
    return new Response("OK");
  };
  await using app = await startTestApp({ seams: { fetch } });
  using file = new Database(join(app.dataDir, "lanehook.db"), { readonly: true });
  const written = file.prepare<{ n: number }, []>(
    "SELECT count(*) AS n FROM deliveries WHERE status = 'success'",
  );
  const customers = 8;
  for (let n = 0; n < customers; n++) {
    await app.givenSubscription((await app.givenCustomer()).token, { url: "http://127.0.0.1:9/" });
  }
  const event = { eventType: SOLD, environment: "sandbox", payload: { "auction-id": "daanw" } };
  const events = JSON.stringify(Array.from({ length: 100 }, () => event));
  await Promise.all(Array.from({ length: 8 }, () => app.publish(events)));
  await app.idle();
  expect(written.get()?.n).toBe(8 * 100 * customers);
  const [underWay, unwritten] = [128, 32];
  expect(most).toBeGreaterThan(unwritten);
  expect(most).toBeLessThanOrEqual(underWay + unwritten);
}, 30_000);
