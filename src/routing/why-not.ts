import { matches } from "../catalog/event-types.ts";
import type { AuctionIdsMode } from "../config.ts";
import type { Environment } from "../database/schema.ts";
import { mayHear, type OwnedEvent } from "./entitlement.ts";

/** Why an event did not go to a subscription when it came in, the first that holds. */
export const reasons = [
  "type",
  "environment",
  "not_yet_subscribed",
  "deleted",
  "paused",
  "disabled",
  "auction_ids",
] as const;
export type Reason = (typeof reasons)[number];

/** An event, as far as it decides who gets it. */
export interface AskedEvent extends OwnedEvent {
  environment: Environment;
  eventType: string;
}

/** What a subscription's customer and the subscription itself were at one instant. */
export interface Then {
  /** undefined: it had never been made; null: it was deleted. */
  status: "active" | "paused" | null | undefined;
  isDisabled: boolean;
  auctionIds: readonly string[];
}

/** Routing's decision on one subscription, told as a reason; null: the event goes to it. */
export function whyNot(
  event: AskedEvent,
  subscription: { customerId: number; environment: Environment; eventType: string },
  { stateThen, mode }: { stateThen: () => Then; mode: AuctionIdsMode },
): Reason | null {
  if (!matches(subscription.eventType, event.eventType)) return "type";
  if (subscription.environment !== event.environment) return "environment";
  const { status, isDisabled, auctionIds } = stateThen();
  if (status === undefined) return "not_yet_subscribed";
  if (status === null) return "deleted";
  if (status === "paused") return "paused";
  if (isDisabled) return "disabled";
  const has = (auctionId: string) => auctionIds.includes(auctionId);
  return mayHear(event, subscription.customerId, { has, mode }) ? null : "auction_ids";
}
