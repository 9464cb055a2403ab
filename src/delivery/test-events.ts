import type { Catalog } from "../catalog/catalog.ts";
import { parsePattern } from "../catalog/event-types.ts";
import type { Limits } from "../customers/limits.ts";
import type { SigningSecrets } from "../customers/signing-secrets.ts";
import type { SubscriptionKey } from "../customers/subscription-rows.ts";
import type { Subscriptions } from "../customers/subscriptions.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { MakeAttempt } from "./attempt.ts";
import { describeOutcome } from "./outcome.ts";
import type { Parcel } from "./parcel.ts";

/** What came of a test event. */
export interface TestResult {
  /** As in the log of attempts: `accepted`, `rejected`, or why no answer came. */
  outcome: string;
  durationMs: number;
  resolveMs: number | null;
  firstByteMs: number | null;
  requestHeaders: Record<string, string>;
  responseStatus: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  /** The body that was sent. */
  payload: string;
  /** Why it failed; null where it was accepted. */
  reason: string | null;
  eventType: string;
  webhookUrl: string;
}

/** Sends a test event to a subscription's receiver at once and once; nothing of it is kept. */
export type SendTestEvent = (customerId: number, key: SubscriptionKey) => Promise<TestResult>;

/** Test events under way at once, of all customers: Bun's fetch has few more than deliveries and connectors need. */
const MAX_AT_ONCE = 16;

/** When one that found no room may be sent again. */
const RETRY_SECONDS = 5;

/** What is sent for event types that the catalog does not know. */
const UNKNOWN_EXAMPLE = { test: true };

/**
 * Opens the sending of test events: signed like any other, to a target that is checked like any other.
 * @throws Problem subscription_not_found, too_many_requests
 */
export function openTestEvents(parts: {
  attempt: MakeAttempt;
  catalog: Pick<Catalog, "firstOf">;
  subscriptions: Pick<Subscriptions, "find">;
  signingSecrets: Pick<SigningSecrets, "secretsFor">;
  limits: Pick<Limits, "testEvent">;
  seams: Pick<Seams, "clock" | "newId">;
}): SendTestEvent {
  const { attempt, catalog, subscriptions, signingSecrets, limits, seams } = parts;
  let underWay = 0;

  function parcelFor({ environment, eventType: pattern }: SubscriptionKey): Parcel {
    const known = catalog.firstOf(pattern);
    const eventType = known?.eventType ?? inventedType(pattern);
    const payload = JSON.stringify(known?.example ?? UNKNOWN_EXAMPLE);
    return { deliveryId: seams.newId(), eventId: seams.newId(), eventType, environment, payload };
  }

  async function send(
    customerId: number,
    { webhookUrl, parcel }: { webhookUrl: string; parcel: Parcel },
  ): Promise<TestResult> {
    const secrets = signingSecrets.secretsFor(customerId, seams.clock.now()).map(({ value }) => value);
    const { outcome, record, headers } = await attempt(parcel, { webhookUrl, secrets, isTest: true }, 1);
    const { durationMs, resolveMs, firstByteMs, responseStatus, responseHeaders, responseBody } = record;
    return {
      outcome: record.outcome,
      durationMs,
      resolveMs,
      firstByteMs,
      requestHeaders: headers,
      responseStatus,
      responseHeaders: responseHeaders === null ? null : JSON.parse(responseHeaders),
      responseBody,
      payload: parcel.payload,
      reason: outcome.kind === "accepted" ? null : describeOutcome(outcome),
      eventType: parcel.eventType,
      webhookUrl,
    };
  }

  return async (customerId, key) => {
    const subscription = subscriptions.find(customerId, key);
    if (subscription === null) throw new Problem("subscription_not_found");
    if (underWay >= MAX_AT_ONCE) throw new Problem("too_many_requests", { retryAfterSeconds: RETRY_SECONDS });
    limits.testEvent(customerId);
    underWay += 1;
    try {
      return await send(customerId, { webhookUrl: subscription.webhookUrl, parcel: parcelFor(key) });
    } finally {
      underWay -= 1;
    }
  };
}

/** One that the pattern matches: the name itself, or a made-up one of the namespace. */
function inventedType(pattern: string): string {
  const parsed = parsePattern(pattern);
  if (parsed?.kind === "namespace") return `${parsed.namespace}.test`;
  return parsed?.kind === "name" ? parsed.eventType : "test";
}
