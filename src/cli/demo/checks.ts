import { matches } from "../../catalog/event-types.ts";
import type { Dealer, PlannedSubscription } from "./cast.ts";
import type { Webhook } from "./receivers.ts";
import type { Connected } from "./second-act.ts";
import type { Evidence, PublishedEvent } from "./story.ts";

/** One thing that must hold; `detail` says what was seen. */
export interface Check {
  what: string;
  isOk: boolean;
  detail: string;
}

/** What all checks look at. */
export interface Seen extends Evidence {
  /** The upstreams that a third dealer has connected. */
  connected: readonly Connected[];
  webhooks: readonly Webhook[];
  retryDelaysMs: readonly number[];
  /** What the hub's log calls an error. */
  errors: readonly string[];
}

/** Holds what was seen against what must be. */
export function checkAll(seen: Seen): Check[] {
  return [
    everyExampleAdmitted(seen),
    everyEventReachedSomeone(seen),
    ...seen.dealers.map((dealer) => gotOnlyItsOwn(seen, dealer)),
    signatures(seen),
    byteForByte(seen),
    thirdTimeAccepted(seen),
    oneDeadLetter(seen),
    retryDelaysKept(seen),
    replayDelivered(seen),
    strangersKeptOut(seen),
    ...seen.connected.map(upstreamArrived),
    noErrors(seen),
  ];
}

function everyExampleAdmitted({ events, catalogSize }: Seen): Check {
  const types = new Set(events.filter(({ duplicate }) => !duplicate).map(({ eventType }) => eventType));
  return {
    what: "every example of the catalog was admitted",
    isOk: catalogSize > 0 && types.size === catalogSize,
    detail: `${types.size} of ${catalogSize} event types`,
  };
}

function everyEventReachedSomeone({ events, webhooks }: Seen): Check {
  const arrived = new Set(webhooks.filter(isAccepted).map(({ eventId }) => eventId));
  const lost = events.filter(({ eventId }) => !arrived.has(eventId));
  return {
    what: "every event reached a dealer",
    isOk: lost.length === 0,
    detail: lost[0] === undefined ? `${arrived.size} events` : `${lost[0].eventType} did not arrive`,
  };
}

function gotOnlyItsOwn({ events, webhooks }: Seen, dealer: Dealer): Check {
  const wrong = dealer.subscriptions.flatMap((subscription) => {
    const path = `${dealer.slug}/${subscription.path}`;
    const came = webhooks.filter((webhook) => webhook.path === path);
    const wanted = new Set(events.filter((event) => isFor(event, dealer, subscription)).map(idOf));
    const accepted = new Set(came.filter(isAccepted).map(idOf));
    return [
      ...[...wanted].filter((id) => !accepted.has(id)).map((id) => `event ${id} is missing at ${path}`),
      ...came
        .filter((webhook) => !wanted.has(webhook.eventId))
        .map(({ eventId }) => `event ${eventId} came to ${path}`),
    ];
  });
  const count = new Set(webhooks.filter(({ path }) => path.startsWith(`${dealer.slug}/`)).map(idOf)).size;
  return {
    what: `${dealer.name} got all of its own events and no others`,
    isOk: wrong.length === 0 && count > 0,
    detail: wrong[0] ?? `${count} events`,
  };
}

const isFor = (event: PublishedEvent, dealer: Dealer, { eventType }: PlannedSubscription) =>
  matches(eventType, event.eventType) &&
  (event.auctionIds.length === 0 || event.auctionIds.some((id) => dealer.auctionIds.includes(id)));

function signatures({ webhooks }: Seen): Check {
  const right = webhooks.filter(({ isSigned }) => isSigned).length;
  return {
    what: "both signatures of every webhook are right",
    isOk: right > 0 && right === webhooks.length,
    detail: `${right} of ${webhooks.length} webhooks`,
  };
}

function byteForByte({ events, webhooks, dealers }: Seen): Check {
  const bodyOf = new Map(events.map(({ eventId, body }) => [eventId, body]));
  const published = webhooks.filter(({ path }) => dealers.some(({ slug }) => path.startsWith(`${slug}/`)));
  const changed = published.filter(({ eventId, body }) => bodyOf.get(eventId) !== body).length;
  return {
    what: "payloads came byte for byte as published",
    isOk: changed === 0,
    detail: changed === 0 ? `${published.length} webhooks` : `${changed} differ`,
  };
}

function thirdTimeAccepted({ webhooks }: Seen): Check {
  const attempts = new Map<string, string>();
  for (const { receiver, deliveryId, attempt, status } of webhooks) {
    if (receiver !== "fails twice") continue;
    attempts.set(deliveryId, `${attempts.get(deliveryId) ?? ""} ${attempt}:${status}`.trim());
  }
  const other = [...attempts.values()].find((each) => each !== "1:503 2:503 3:200");
  return {
    what: "what failed twice was delivered at the third attempt",
    isOk: other === undefined && attempts.size > 0,
    detail: other === undefined ? `${attempts.size} deliveries` : `one went ${other}`,
  };
}

function oneDeadLetter({ deadLetters: [dead, ...more], deliveries, retryDelaysMs }: Seen): Check {
  const failed = deliveries.filter(({ status }) => status === "failed").length;
  return {
    what: "only what failed each time is dead",
    isOk:
      more.length === 0 &&
      failed === 1 &&
      dead?.attempts === retryDelaysMs.length &&
      dead.failureReason.startsWith("HTTP 500"),
    detail:
      failed === 1 ? `${dead?.attempts} attempts, ${dead?.failureReason.split(":")[0]}` : `${failed} dead`,
  };
}

/** Clocks with whole milliseconds may round a wait down. */
const ROUNDING_MS = 1;

function retryDelaysKept({ attemptLog, retryDelaysMs }: Seen): Check {
  const starts = attemptLog.map(({ at }) => Date.parse(at));
  const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  const isKept = waits.every((wait, index) => wait >= (retryDelaysMs[index + 1] ?? 0) - ROUNDING_MS);
  return {
    what: `its attempts kept the waits ${retryDelaysMs.map(seconds).join(", ")}`,
    isOk: isKept && starts.length === retryDelaysMs.length,
    detail: ["at once", ...waits.map((wait) => `+${seconds(wait)}`)].join(", "),
  };
}

const seconds = (ms: number) => `${Math.round(ms / 10) / 100} s`;

function replayDelivered({ replayed, deliveries, deadLetters: [dead], secondReplay }: Seen): Check {
  const original = deliveries.find(({ deliveryId }) => deliveryId === dead?.deliveryId);
  return {
    what: "it was replayed with success, and only once",
    isOk: replayed.status === "success" && replayed.eventId === original?.eventId && secondReplay === 409,
    detail: `${replayed.status}, then HTTP ${secondReplay}`,
  };
}

const strangersKeptOut = ({ peek }: Seen): Check => ({
  what: "a dealer cannot see the other's delivery",
  isOk: peek === 404,
  detail: `HTTP ${peek}`,
});

const upstreamArrived = ({ title, check, least, foundAtRest, webhooks, arrived }: Connected): Check => ({
  what: `what ${title} has and what happened there arrived, each change once`,
  isOk: check.ok && foundAtRest === 0 && webhooks === arrived && arrived >= least,
  detail: check.ok ? `${arrived} events in ${webhooks} webhooks` : check.detail,
});

const noErrors = ({ errors: [first] }: Seen): Check => ({
  what: "the hub logged no error",
  isOk: first === undefined,
  detail: first ?? "none",
});

const isAccepted = ({ status }: Webhook) => status === 200;

const idOf = ({ eventId }: { eventId: string }) => eventId;
