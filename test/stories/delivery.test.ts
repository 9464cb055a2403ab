import { expect, test } from "bun:test";
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
