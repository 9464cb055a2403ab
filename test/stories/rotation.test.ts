import { expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { hubSignature, standardSignature } from "../../src/delivery/signature.ts";
import { problemIn } from "../support/problem.ts";
import { type Received, startReceiver } from "../support/receiver.ts";
import { SECOND, startTestApp, type TestApp } from "../support/test-app.ts";
import { TestClock } from "../support/test-clock.ts";

const SOLD = "ae.asset.deal.sold.ams";
const DAY = 86_400 * SECOND;

test("after a rotation both secrets sign for a day, the new one first", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const old = await secretOf(app, token);
  expect(await rotated(app, token)).toMatchObject({ rotatedAt: "2026-01-01T00:00:00.000Z" });
  const fresh = await secretOf(app, token);
  expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(fresh).not.toBe(old);

  expect(signersOf(await delivered(app, receiver.received), { old, fresh })).toEqual({
    hub: ["fresh"],
    standard: ["fresh", "old"],
  });
  await app.advance(DAY - 1);
  expect(signersOf(await delivered(app, receiver.received), { old, fresh }).standard).toEqual([
    "fresh",
    "old",
  ]);
  await app.advance(1);
  expect(signersOf(await delivered(app, receiver.received), { old, fresh })).toEqual({
    hub: ["fresh"],
    standard: ["fresh"],
  });
});

test("a rotation in the middle of a delivery counts from the next attempt on", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver([500, 200]);
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const old = await secretOf(app, token);
  await app.publish({ eventType: SOLD });
  await app.idle();
  const { signingSecret: fresh } = await rotated(app, token, { overlapSeconds: 0 });
  await app.advance(5 * SECOND);
  expect(receiver.received.map((webhook) => signersOf(webhook, { old, fresh }).standard)).toEqual([
    ["old"],
    ["fresh"],
  ]);
});

test("an overlap of 0 ends the old secret at once, a given one after its time", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const first = await secretOf(app, token);
  const { signingSecret: second } = await rotated(app, token, { overlapSeconds: 60 });
  const { signingSecret: third } = await rotated(app, token, { overlapSeconds: 3600 });
  const standard = async () =>
    signersOf(await delivered(app, receiver.received), { first, second, third }).standard;
  expect(await standard()).toEqual(["third", "second", "first"]);
  await app.advance(60 * SECOND); // the first keeps the end that its own rotation gave it
  expect(await standard()).toEqual(["third", "second"]);
  await app.advance(3540 * SECOND);
  expect(await standard()).toEqual(["third"]);

  const { signingSecret: fourth } = await rotated(app, token, { overlapSeconds: 0 });
  expect(signersOf(await delivered(app, receiver.received), { third, fourth })).toEqual({
    hub: ["fourth"],
    standard: ["fourth"],
  });
});

test("a rotation with overlap 0 ends all older secrets, also those still in an overlap", async () => {
  await using app = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const first = await secretOf(app, token);
  const { signingSecret: second } = await rotated(app, token);
  const { signingSecret: third } = await rotated(app, token, { overlapSeconds: 0 });
  const webhook = await delivered(app, receiver.received);
  expect(signersOf(webhook, { first, second, third }).standard).toEqual(["third"]);
});

test("the standardwebhooks package takes both secrets during the overlap, and only the new one after it", async () => {
  await using app = await startTestApp({ clock: new TestClock(Date.now()) }); // the package looks at the real time
  await using receiver = startReceiver();
  const { token } = await app.givenCustomer();
  await app.givenSubscription(token, { url: receiver.url });
  const old = await secretOf(app, token);
  const { signingSecret: fresh } = await rotated(app, token, { overlapSeconds: 2 });
  const payload = '{"auction-id":"daanw", "price":1.0,"vin":"\\u00e9 🚗"}';
  const body = `{"eventType":"${SOLD}","environment":"sandbox","payload":${payload}}`;
  const during = await delivered(app, receiver.received, body);
  for (const secret of [old, fresh]) {
    const verified = new Webhook(secret).verify(during.body, during.headers);
    expect(verified).toEqual(JSON.parse(payload));
  }
  expect(() => new Webhook(old).verify(`${during.body} `, during.headers)).toThrow("No matching signature");
  await app.advance(2 * SECOND);
  const after = await delivered(app, receiver.received, body);
  expect(() => new Webhook(old).verify(after.body, after.headers)).toThrow("No matching signature");
  new Webhook(fresh).verify(after.body, after.headers);
});

test("a restart keeps secrets and overlap", async () => {
  await using before = await startTestApp();
  await using receiver = startReceiver();
  const { token } = await before.givenCustomer();
  await before.givenSubscription(token, { url: receiver.url });
  const old = await secretOf(before, token);
  const { signingSecret: fresh } = await rotated(before, token);
  await before.stop();
  await using after = await startTestApp({ dataDir: before.dataDir, clock: before.clock });
  expect(await secretOf(after, token)).toBe(fresh);
  const webhook = await delivered(after, receiver.received);
  expect(signersOf(webhook, { old, fresh }).standard).toEqual(["fresh", "old"]);
});

test("an overlap that cannot be is refused, and the secret stays", async () => {
  await using app = await startTestApp();
  const { token } = await app.givenCustomer();
  const before = await secretOf(app, token);
  for (const body of [
    { overlapSeconds: -1 },
    { overlapSeconds: 1.5 },
    { overlapSeconds: "0" },
    { overlap: 0 },
  ]) {
    const answer = await app.call("POST", "/signing-secret/rotate", { auth: token, body });
    expect(problemIn(answer)).toBe("422 invalid_input");
  }
  expect(await secretOf(app, token)).toBe(before);
});

async function secretOf(app: TestApp, token: string): Promise<string> {
  return (await app.call("GET", "/signing-secret", { auth: token })).json().signingSecret;
}

async function rotated(app: TestApp, token: string, body?: object) {
  const answer = await app.call("POST", "/signing-secret/rotate", { auth: token, body });
  expect(answer.status).toBe(200);
  return answer.json() as { signingSecret: string; rotatedAt: string };
}

/** Publishes one event and gives the webhook that came of it. */
async function delivered(app: TestApp, received: Received[], event?: string): Promise<Received> {
  await app.publish(event ?? { eventType: SOLD });
  await app.idle();
  const webhook = received.at(-1);
  if (webhook === undefined) throw new Error("no webhook came");
  return webhook;
}

/** The names of the secrets behind each signature of a webhook, in the order they stand there. */
function signersOf({ headers, body }: Received, secrets: Record<string, string>) {
  const timestamp = Number(headers["x-webhook-timestamp"]);
  const eventId = headers["webhook-id"] ?? "";
  const names = (signatures: string | undefined, sign: (secret: string) => string) =>
    (signatures ?? "").split(" ").map((signature) => {
      const found = Object.entries(secrets).find(([, secret]) => sign(secret) === signature);
      return found?.[0] ?? "nobody";
    });
  return {
    hub: names(headers["x-webhook-signature"], (secret) => hubSignature(secret, { timestamp, body })),
    standard: names(headers["webhook-signature"], (secret) =>
      standardSignature([secret], { eventId, timestamp, body }),
    ),
  };
}
