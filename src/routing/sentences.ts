import type { AskedSubscription, MadeDelivery, PastEvent } from "./explain-rows.ts";
import type { Reason } from "./why-not.ts";

/** Why one subscription did or did not get an event, in a sentence. */
export function subscriptionSentence(
  event: PastEvent,
  subscription: AskedSubscription,
  { reason, deliveries }: { reason: Reason | null; deliveries: readonly MadeDelivery[] },
): string {
  if (reason !== null) {
    const since = deliveries.length > 0 ? " It was delivered afterwards, by a recovery." : "";
    return whyNotSentence(event, subscription, reason) + since;
  }
  if (deliveries.length === 0) return "The event went to it; the delivery was swept away since.";
  if (event.ownerId !== null) return "It asked for this type; your own events need no auction id.";
  return "It asked for this type and was active.";
}

function whyNotSentence(event: PastEvent, subscription: AskedSubscription, reason: Reason): string {
  switch (reason) {
    case "type":
      return `It asks for ${subscription.eventType}, and the event is ${event.eventType}.`;
    case "environment":
      return `It is in ${subscription.environment}, and the event came in for ${event.environment}.`;
    case "not_yet_subscribed":
      return "It was made after the event came in.";
    case "deleted":
      return "It had been deleted when the event came in.";
    case "paused":
      return "It was paused when the event came in.";
    case "disabled":
      return "Your account was disabled when the event came in.";
    case "auction_ids":
      return event.auctionIds.length === 0
        ? "The event names no auction, and such events did not go to you when it came in."
        : "None of the event's auctions was yours when it came in.";
  }
}

/** Where an event came from and what became of it, in a sentence. */
export function eventSentence(
  from: string,
  asked: readonly { deliveries: readonly MadeDelivery[]; reason: Reason | null }[],
): string {
  if (asked.length === 0) return `It came from ${from}; you have no subscriptions.`;
  const matched = asked.filter(({ reason }) => reason === null).length;
  const went = matched === 0 ? "none" : String(matched);
  const deliveries = asked.flatMap((each) => each.deliveries);
  const told = [...fates(deliveries)].map(([fate, count]) => `${count} ${fate}`).join(", ");
  const of = `${asked.length} ${asked.length === 1 ? "subscription" : "subscriptions"}`;
  return `It came from ${from} and went to ${went} of your ${of}${told && `: ${told}`}.`;
}

/** How many deliveries met which end; one that was replayed counts by its replay. */
function fates(deliveries: readonly MadeDelivery[]): Map<string, number> {
  const replayed = new Set(deliveries.map(({ replayOf }) => replayOf));
  const counts = new Map<string, number>();
  for (const delivery of deliveries) {
    if (replayed.has(delivery.publicId)) continue;
    const fate = FATES[delivery.status];
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
  }
  return counts;
}

const FATES = {
  pending: "pending",
  success: "delivered",
  failed: "failed for good",
  cancelled: "cancelled",
} as const;
