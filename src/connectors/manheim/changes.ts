import { canonicalJson, isJsonObject, type JsonObject } from "../exact-json.ts";
import { type Consignment, orderOf } from "./consignment.ts";

/** What can happen to a consignment; also the last part of the event type. */
export const changeKinds = ["created", "updated", "checkedin", "checkedout", "cancelled", "removed"] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** What is known of a consignment, as it is remembered. */
export interface Known {
  status: string | null;
  updatedOn: string | null;
  unitId: string | null;
  /** Of what a page showed; null: it is known from a message only. */
  hash: string | null;
  /** Grows with each change that is told, so that one that is again as it once was is told again. */
  edition: number;
  /** The last message, while no page has shown the same. */
  pushed?: {
    body: JsonObject;
    /** When it came, ms UTC. */
    at: number;
    /** The ids of the messages of this `updatedOn`. */
    eventIds: string[];
  };
  /**
   * When it was last found to exist though no list has it, ms UTC; 0 where that was so for the first time: it may have
   * come back just then, so the next run looks again.
   */
  unlistedAt?: number;
  /** When it was found to be gone, ms UTC: an older message that comes after that brings it back to nobody. */
  goneAt?: number;
}

/** That one is gone is remembered for this long, ms. */
export const GONE_FOR_MS = 30 * 86_400_000;

/** What a consignment says that was not known. */
export type Verdict = ChangeKind | "same" | "stale";

/** True for what becomes an event. */
export const isChange = (verdict: string): verdict is ChangeKind =>
  changeKinds.some((kind) => kind === verdict);

/**
 * Compares what a page shows with what is known. One change is one kind: a check-in is no update beside it. What is
 * older than what is known is stale; at the same `updatedOn` another content is a change, since the date does not
 * cover linked blocks (UPSTREAMS 7).
 */
export function comparePage(known: Known | null, fresh: Consignment): Verdict {
  if (known === null || known.goneAt !== undefined) return "created";
  const order = compareOrder(known, fresh);
  if (order < 0) return "stale";
  return order === 0 && isAsKnown(known, fresh) ? "same" : kindOf(known, fresh);
}

/**
 * Compares a message with what is known. What it says of a version that a page has shown, the next page tells better;
 * of one that only messages have told of, another status is a change. A consignment that was never seen is what the
 * message calls it.
 */
export function compareMessage(
  known: Known | null,
  fresh: Consignment,
  message: { eventId: string; kind: ChangeKind | null },
): Verdict {
  const order = known === null ? 1 : compareOrder(known, fresh);
  if (order < 0 || (order === 0 && known?.goneAt !== undefined)) return "stale";
  if (known === null || known.goneAt !== undefined) return message.kind ?? "created";
  if (order > 0) return kindOf(known, fresh);
  if (known.pushed === undefined || known.pushed.eventIds.includes(message.eventId)) return "same";
  return known.status === fresh.status ? "same" : kindOf(known, fresh);
}

/** What is to be remembered once a page was compared and is not stale; `now`: ms UTC. */
export function knownFromPage(
  known: Known | null,
  { status, updatedOn, unitId, hash }: Consignment,
  { verdict, now }: { verdict: Verdict; now: number },
): Known {
  return { status, updatedOn, unitId, hash, edition: editionAfter(known, { verdict, now }) };
}

/** What is to be remembered once a message was compared and is not stale: all of its version are known by their ids. */
export function knownFromMessage(
  known: Known | null,
  fresh: Consignment,
  { eventId, verdict, now }: { eventId: string; verdict: Verdict; now: number },
): Known {
  const isSameVersion = known !== null && compareOrder(known, fresh) === 0;
  if (isSameVersion && known.pushed === undefined) return known;
  const earlier = (isSameVersion && known.pushed?.eventIds) || [];
  const eventIds = earlier.includes(eventId) ? earlier : [...earlier, eventId];
  // What changed nothing was told by no event: the body told last is the one that a page must cover.
  if (verdict === "same" && known?.pushed !== undefined)
    return { ...known, pushed: { ...known.pushed, eventIds } };
  const pushed = { body: fresh.comparable, at: now, eventIds };
  return { ...knownFromPage(known, fresh, { verdict, now }), hash: null, pushed };
}

/** What is to be remembered of one that is gone. */
export const knownToBeGone = ({ status, updatedOn, unitId, edition }: Known, now: number): Known => ({
  status,
  updatedOn,
  unitId,
  hash: null,
  edition: edition + 1,
  goneAt: now,
});

/** Editions that one may have before its first ones are forgotten. */
const EDITIONS = 1_000_000;

/** The first one is of its month: whoever was gone for so long that it is forgotten begins above where it ended. */
function editionAfter(known: Known | null, { verdict, now }: { verdict: Verdict; now: number }): number {
  if (known === null) return Math.floor(now / GONE_FOR_MS) * EDITIONS;
  return isChange(verdict) ? known.edition + 1 : known.edition;
}

/** True for what was less than `ms` ago; an instant that lies ahead was written by a clock that was wrong. */
export const isRecent = (at: number, { now, ms }: { now: number; ms: number }): boolean =>
  at <= now && now - at < ms;

/** Below 0: the fresh one is older; 0: as old, or nothing tells. */
function compareOrder(known: Known, fresh: Consignment): number {
  const [before, now] = [orderOf(known.updatedOn), orderOf(fresh.updatedOn)];
  return before === null || now === null ? 0 : now - before;
}

function isAsKnown(known: Known, fresh: Consignment): boolean {
  if (known.pushed === undefined) return known.hash === fresh.hash;
  return covers(fresh.comparable, known.pushed.body);
}

/** True when everything a message said stands in what a page shows; pages may have more. */
function covers(shown: unknown, said: unknown): boolean {
  if (isJsonObject(shown) && isJsonObject(said)) {
    return Object.entries(said).every(([key, value]) => covers(shown[key], value));
  }
  return canonicalJson(shown) === canonicalJson(said);
}

const STATUS_KINDS: Partial<Record<string, ChangeKind>> = {
  CHECKED_IN: "checkedin",
  CHECKED_OUT: "checkedout",
  CANCELLED: "cancelled",
};

function kindOf(known: Known, fresh: Consignment): ChangeKind {
  const isNewStatus = fresh.status !== null && fresh.status !== known.status;
  return (isNewStatus && STATUS_KINDS[fresh.status ?? ""]) || "updated";
}
