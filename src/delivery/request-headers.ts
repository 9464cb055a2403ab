import type { Parcel } from "./parcel.ts";
import { hubSignature, standardSignature } from "./signature.ts";

/** What tells one attempt from another. */
export interface AttemptFacts {
  /** From 1. */
  attempt: number;
  /** Its start, ms UTC. */
  at: number;
}

/** The headers of an attempt that its delivery, its number and its start already tell. */
export function toldHeaders(
  { eventId, eventType, deliveryId }: Pick<Parcel, "eventId" | "eventType" | "deliveryId">,
  { attempt, at }: AttemptFacts,
): Record<string, string> {
  const timestamp = String(timestampOf(at));
  return {
    "Content-Type": "application/json",
    "X-Webhook-Timestamp": timestamp,
    "X-Webhook-Event": eventType,
    "X-Webhook-Id": eventId,
    "X-Webhook-Delivery": deliveryId,
    "X-Webhook-Attempt": String(attempt),
    "webhook-id": eventId,
    "webhook-timestamp": timestamp,
  };
}

/** The rest, which is kept with the attempt: both signatures (newest secret first), and who sent it. */
export function keptHeaders(
  { eventId, payload }: Parcel,
  secrets: readonly string[],
  { at, userAgent }: { at: number; userAgent: string },
): Record<string, string> {
  const signed = { eventId, timestamp: timestampOf(at), body: payload };
  return {
    "User-Agent": userAgent,
    "X-Webhook-Signature": hubSignature(secrets[0] ?? "", signed),
    "webhook-signature": standardSignature(secrets, signed),
  };
}

/** Unix seconds, as both families of signatures count. */
const timestampOf = (at: number) => Math.floor(at / 1000);
