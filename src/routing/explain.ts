import type { Database } from "bun:sqlite";
import type { AuctionIdsMode, Config } from "../config.ts";
import { openHistory } from "../customers/changes.ts";
import { subscriptionKeyText } from "../customers/subscription-rows.ts";
import type { Environment } from "../database/schema.ts";
import type { ShownStatus } from "../delivery/delivery-list.ts";
import { iso, type Owner } from "../delivery/delivery-rows.ts";
import type { Retention } from "../delivery/sweep.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import { openChangeRetention } from "./change-retention.ts";
import { hadAt, mayHear, openAssignedAt } from "./entitlement.ts";
import {
  type AskedSubscription,
  type MadeDelivery,
  openExplainRows,
  type PastEvent,
} from "./explain-rows.ts";
import { eventSentence, subscriptionSentence } from "./sentences.ts";
import { type Reason, type Then, whyNot } from "./why-not.ts";

/** An event as a customer sees it. */
export interface ShownEvent {
  eventId: string;
  eventType: string;
  environment: Environment;
  /** `publisher:<name>`, or `connector:<id>` for one that a connector of the customer's brought. */
  door: string;
  admittedAt: string;
  auctionIds: string[];
}

/** What became of an event at one subscription. */
export interface ShownAnswer {
  environment: Environment;
  eventType: string;
  /** Whether the event went to it when it came in. */
  matched: boolean;
  /** null where it matched. */
  reason: Reason | null;
  sentence: string;
  /** Also those that a replay or a recovery made later. */
  deliveries: {
    deliveryId: string;
    status: ShownStatus;
    attempts: number;
    failureReason: string | null;
    replayOf: string | null;
    createdAt: string;
    nextAttemptAt: string | null;
  }[];
}

/** Why an event was delivered, and why not. */
export interface Explanation {
  event: ShownEvent;
  /** Those that have most to do with the event come first. */
  subscriptions: ShownAnswer[];
  /** How many more there are, none of which asks for this type in this environment. */
  omitted: number;
  sentence: string;
}

/** What customers can learn of single events. */
export interface Explain {
  /** @throws Problem event_not_found */
  event(owner: Owner, eventId: string): ShownEvent & { payload: string };
  /** @throws Problem event_not_found */
  explain(owner: Owner, eventId: string): Explanation;
  /** What the record tells of times that no event is from. */
  retention: Retention;
}

/** Subscriptions that one explanation lists. */
export const MAX_EXPLAINED = 200;

/** It had been deleted, or was not made yet. */
type Gone = null | undefined;

interface Answer {
  subscription: AskedSubscription;
  reason: Reason | null;
  deliveries: MadeDelivery[];
}

/** Opens the explanations: what routing decides, asked again of what the record tells of that moment. */
export function openExplain(parts: {
  sqlite: Database;
  seams: Pick<Seams, "clock">;
  config: Pick<Config, "retentionMs">;
  mode: AuctionIdsMode;
}): Explain {
  const { sqlite, seams, config, mode } = parts;
  const rows = openExplainRows(sqlite);
  const history = openHistory(sqlite);
  const assignedAtOf = openAssignedAt(sqlite);

  /** Also one that a delivery has shown to the customer already, whatever its auction ids are now. */
  function find(owner: Owner, eventId: string): { event: PastEvent; deliveries: MadeDelivery[] } {
    const event = rows.event(eventId);
    if (event === null) throw notFound();
    const deliveries = rows.deliveries(event.id, owner.id);
    const has = hadAt(event.admittedAt, assignedAtOf(owner.id));
    if (deliveries.length === 0 && !mayHear(event, owner.id, { has, mode })) throw notFound();
    return { event, deliveries };
  }

  function reasonFor(event: PastEvent, subscription: AskedSubscription): Reason | null {
    const at = (instant: number) =>
      whyNot(event, subscription, { stateThen: () => stateAt(subscription, instant), mode });
    // What changed in the event's own millisecond may have come before it or after.
    const reason = at(event.admittedAt) ?? at(event.admittedAt - 1);
    if (reason !== null) return reason;
    const mayBeSwept = event.admittedAt < seams.clock.now() - config.retentionMs;
    return mayBeSwept ? null : "auction_ids"; // the hub assigned events by the other rule then
  }

  function stateAt(subscription: AskedSubscription, instant: number): Then {
    const { customerId } = subscription;
    const key = subscriptionKeyText(subscription);
    const state = history.at(customerId, "subscription", key, instant) as Pick<Then, "status"> | Gone;
    return {
      status: state === null ? null : state?.status,
      isDisabled: history.at(customerId, "customer", "status", instant) === "disabled",
      auctionIds: (history.at(customerId, "auction-ids", "", instant) as string[] | undefined) ?? [],
    };
  }

  /** A delivery from the event's admission is the proof that it went there; else the record is asked. */
  function answerFor(event: PastEvent, subscription: AskedSubscription, deliveries: MadeDelivery[]): Answer {
    const wentThere = deliveries.some(
      ({ createdAt, replayOf }) => createdAt === event.admittedAt && replayOf === null,
    );
    return { subscription, deliveries, reason: wentThere ? null : reasonFor(event, subscription) };
  }

  function cameFrom({ door }: PastEvent, { id }: Owner): string {
    const [kind, name = ""] = door.split(/:(.*)/s, 2);
    if (kind !== "connector") return `publisher ${name}`;
    return `your connector ${rows.connectorName(name, id) ?? "that is deleted now"}`;
  }

  return {
    event(owner, eventId) {
      const { event } = find(owner, eventId);
      return { ...shownEvent(event), payload: rows.payload(event.id) };
    },
    explain(owner, eventId) {
      const { event, deliveries } = find(owner, eventId);
      const ofSubscription = Map.groupBy(deliveries, ({ subscriptionId }) => subscriptionId);
      const answers = rows
        .subscriptions(owner.id, event)
        .map((each) => answerFor(event, each, ofSubscription.get(each.id) ?? []))
        .sort((a, b) => distance(a) - distance(b));
      const shown = answers.slice(0, MAX_EXPLAINED);
      return {
        event: shownEvent(event),
        subscriptions: shown.map((answer) => shownAnswer(event, answer)),
        omitted: answers.length - shown.length,
        sentence: eventSentence(cameFrom(event, owner), answers),
      };
    },
    retention: openChangeRetention(parts),
  };
}

/** The nearer, the more a subscription has to do with the event. */
function distance({ reason, deliveries }: Answer): number {
  if (reason === null || deliveries.length > 0) return 0;
  if (reason === "type") return 3;
  return reason === "environment" ? 2 : 1;
}

function shownEvent({
  publicId,
  eventType,
  environment,
  door,
  admittedAt,
  auctionIds,
}: PastEvent): ShownEvent {
  return { eventId: publicId, eventType, environment, door, admittedAt: iso(admittedAt), auctionIds };
}

function shownAnswer(event: PastEvent, answer: Answer): ShownAnswer {
  const { subscription, reason, deliveries } = answer;
  return {
    environment: subscription.environment,
    eventType: subscription.eventType,
    matched: reason === null,
    reason,
    sentence: subscriptionSentence(event, subscription, answer),
    deliveries: deliveries.map(
      ({ publicId, status, attempts, failureReason, replayOf, createdAt, dueAt }) => ({
        deliveryId: publicId,
        status: status === "pending" && attempts > 0 ? "retrying" : status,
        attempts,
        failureReason,
        replayOf,
        createdAt: iso(createdAt),
        nextAttemptAt: iso(dueAt),
      }),
    ),
  };
}

const notFound = () =>
  new Problem("event_not_found", {
    detail: "You have no such event: it does not exist any more, or came in before its auction was yours.",
  });
