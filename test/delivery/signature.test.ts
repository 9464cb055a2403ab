import { expect, test } from "bun:test";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { hubSignature, standardSignature } from "../../src/delivery/signature.ts";

const secret = `whsec_${Buffer.from(new Uint8Array(32).fill(7)).toString("base64")}`;
const older = `whsec_${Buffer.from(new Uint8Array(32).fill(9)).toString("base64")}`;
const body = '{"n":12345678901234567890,"s":"é 🚗"}';
const eventId = "0199b1c4-7a51-7f00-a1b2-c3d4e5f60718";

const headers = (secrets: string[], timestamp: number) => ({
  "webhook-id": eventId,
  "webhook-timestamp": String(timestamp),
  "webhook-signature": standardSignature(secrets, { eventId, timestamp, body }),
});

const now = () => Math.floor(Date.now() / 1000);

test("the verifier of Standard Webhooks takes the signature", () => {
  expect(new StandardWebhook(secret).verify(body, headers([secret], now()))).toBeDefined();
});

test("svix's verifier takes the signature", () => {
  const verifier = new SvixWebhook(secret);
  const good = headers([secret], now());
  expect(() => verifier.verify(body, good)).not.toThrow();
  expect(() => verifier.verify(`${body} `, good)).toThrow();
});

test("during an overlap both secrets verify, afterwards only the new one", () => {
  const both = headers([secret, older], now());
  expect(new StandardWebhook(secret).verify(body, both)).toBeDefined();
  expect(new StandardWebhook(older).verify(body, both)).toBeDefined();
  expect(() => new StandardWebhook(older).verify(body, headers([secret], now()))).toThrow();
});

test("a changed byte does not verify", () => {
  const signed = headers([secret], now());
  expect(() => new StandardWebhook(secret).verify(body.replace("é", "e"), signed)).toThrow();
});

test("the hub's own signature is the documented one, keyed by the whole secret string", async () => {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`1704067200.${body}`));
  const expected = `sha256=${Buffer.from(mac).toString("hex")}`;
  expect(hubSignature(secret, { timestamp: 1_704_067_200, body })).toBe(expected);
});
