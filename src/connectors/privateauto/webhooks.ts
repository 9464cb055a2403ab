import { createHmac, timingSafeEqual } from "node:crypto";
import type { Received, ReceivedRequest } from "../connector.ts";
import { type JsonObject, jsonObjectIn } from "../json-answer.ts";
import { draftOf } from "./events.ts";
import type { PrivateAutoSettings } from "./settings.ts";

/** Longer headers than this are not PrivateAuto's. */
const MAX_HEADER_LENGTH = 200;

/**
 * Judges a webhook by its signature, and reads it (seed 001). The event's name stands in a header alone, which the
 * upstream does not sign.
 */
export function receiveWebhook(
  { headers, body }: ReceivedRequest,
  settings: PrivateAutoSettings,
  now: number,
): Received {
  const unverified = mistrust({ headers, body }, settings, now);
  if (unverified !== null) return { ok: false, status: 401, reason: unverified };
  const read = jsonObjectIn(body);
  if (read === null) return unreadable("the body is no JSON object");
  const { eventId } = read.body;
  if (typeof eventId !== "string" || eventId === "" || eventId.length > MAX_HEADER_LENGTH) {
    return unreadable("the body has no eventId");
  }
  if (headers.get("x-pa-event-id") !== eventId) {
    return unreadable("X-PA-Event-Id and the body's eventId are not the same");
  }
  const event = headers.get("x-pa-event") ?? "";
  if (event === "" || event.length > MAX_HEADER_LENGTH) return unreadable("X-PA-Event is missing");
  const told = { event, eventId, payload: read.body as JsonObject, text: read.text };
  return { ok: true, step: { drafts: [draftOf(told, settings)] } };
}

/** Why a webhook is not believed; null: it is. */
function mistrust(
  { headers, body }: ReceivedRequest,
  { webhookSecrets, maxAgeHours }: PrivateAutoSettings,
  now: number,
): string | null {
  const timestamp = headers.get("x-pa-timestamp");
  const signature = headers.get("x-pa-signature");
  if (webhookSecrets.length === 0) return "no webhook secret is set";
  if (timestamp === null || signature === null) return "X-PA-Timestamp or X-PA-Signature is missing";
  if (!isSigned({ timestamp, body, signature }, webhookSecrets)) return "bad signature";
  if (maxAgeHours === undefined) return null;
  const ageMs = now - Date.parse(timestamp);
  return ageMs <= maxAgeHours * 3_600_000 ? null : "stale"; // what cannot be read as a time is stale, too
}

/** Every secret is tried, whichever fits: the time it takes tells nothing. */
function isSigned(
  { timestamp, body, signature }: { timestamp: string; body: Uint8Array; signature: string },
  secrets: readonly string[],
): boolean {
  const fits = secrets.map((secret) => isSame(signature, webhookSignature(secret, timestamp, body)));
  return fits.includes(true);
}

/** The value of `X-PA-Signature`. */
export function webhookSignature(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex")}`;
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const unreadable = (reason: string): Received => ({ ok: false, status: 400, reason });
