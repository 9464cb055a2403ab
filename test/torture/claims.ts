import type { Publisher } from "./publisher.ts";
import type { Entry } from "./receiver.ts";
import type { HubAccount } from "./world.ts";

/** One thing that must hold, and whether it did. */
export interface Claim {
  claim: string;
  holds: boolean;
  /** What was counted. */
  found: string;
}

/** An attempt has ended and its outcome is on disk within this, ms: the hub gives up after 400. */
const IN_FLIGHT_MS = 1500;

/** An answer that came this late may have been too late for the hub, ms. */
const LATE_MS = 300;

/** A hub has at most so many deliveries under way, and outcomes that are not on disk yet. */
const MOST_AT_A_KILL = 128 + 256;

/** What is held against each other. */
export interface Evidence {
  publisher: Publisher;
  /** What the receiver saw. */
  ledger: readonly Entry[];
  /** What the hub says became of it. */
  account: HubAccount;
  /** How many subscriptions every event goes to. */
  subscriptions: number;
  /** When the hub was killed, ms since the epoch. */
  kills: readonly number[];
}

/** Holds what was accepted, what the hub says became of it, and what the receiver saw against each other. */
export function judge(evidence: Evidence): Claim[] {
  return [...judgeHub(evidence), ...judgeWebhooks(evidence)];
}

function judgeHub({ publisher, ledger, account, subscriptions, kills }: Evidence): Claim[] {
  const accepted = new Set([...publisher.accepted.values()].map(({ eventId }) => eventId));
  const original = account.deliveries.filter(({ replayOf }) => replayOf === null);
  const byEvent = Map.groupBy(original, ({ eventId }) => eventId);
  const lost = [...accepted].filter((eventId) => {
    const deliveries = byEvent.get(eventId) ?? [];
    const reached = new Set(deliveries.map(({ subscriptionId }) => subscriptionId));
    return deliveries.length !== subscriptions || reached.size !== subscriptions;
  });
  const invented = account.events.difference(accepted);
  const seen = Map.groupBy(ledger, ({ deliveryId }) => deliveryId);
  const taken = (deliveryId: string) => seen.get(deliveryId)?.filter(isSuccess) ?? [];
  const undelivered = account.deliveries.filter(
    ({ deliveryId, status }) => status === "success" && taken(deliveryId).length === 0,
  );
  const buriedAlive = account.deliveries.filter(
    ({ deliveryId, status }) =>
      status === "failed" && taken(deliveryId).some((entry) => !mayBeUnheard(entry, kills)),
  );
  return [
    {
      claim: "accepted = delivered ∪ pending ∪ dead",
      holds: lost.length === 0 && account.deliveries.every(({ status }) => status !== "cancelled"),
      found: `${accepted.size} events accepted; deliveries: ${statusesOf(account)}; ${lost.length} events lost`,
    },
    claim("every event was accepted, and once", publisher.doubled.length + invented.size, "more"),
    claim("what the hub calls delivered, the receiver took", undelivered.length, "not taken"),
    claim("what the hub calls dead, the receiver never took", buriedAlive.length, "taken"),
    { claim: "the database is whole", holds: account.integrity === "ok", found: account.integrity },
  ];
}

function judgeWebhooks({ publisher, ledger, account, kills }: Evidence): Claim[] {
  const known = new Set(account.deliveries.map(({ deliveryId }) => deliveryId));
  const hashes = new Map([...publisher.accepted.values()].map(({ eventId, sha256 }) => [eventId, sha256]));
  const repeated = [...Map.groupBy(ledger, ({ deliveryId }) => deliveryId).values()].flatMap(repeats);
  const unexplained = repeated.filter(([first, again]) => !mayBeUnheard(first, kills, again.at));
  const late = repeated.filter(([first]) => wasLate(first));
  return [
    claim("no webhook was invented", ledger.filter(({ deliveryId }) => !known.has(deliveryId)).length),
    {
      claim: "an attempt came twice only where a kill cut it off",
      holds: unexplained.length === 0 && repeated.length - late.length <= kills.length * MOST_AT_A_KILL,
      found: `${repeated.length} duplicates in ${ledger.length} webhooks, of them ${late.length} after a late answer; ${kills.length} kills; ${unexplained.length} unexplained`,
    },
    claim(
      "every webhook has its payload's bytes",
      ledger.filter(({ eventId, sha256 }) => hashes.get(eventId) !== sha256).length,
      `of ${ledger.length} have others`,
    ),
    claim(
      "every webhook is signed in both ways",
      ledger.filter(({ isSigned }) => !isSigned).length,
      `of ${ledger.length} are not`,
    ),
  ];
}

/** Holds when nothing was found against it. */
const claim = (text: string, against: number, what = "found"): Claim => ({
  claim: text,
  holds: against === 0,
  found: `${against} ${what}`,
});

function statusesOf({ deliveries }: HubAccount): string {
  return Object.entries(Object.groupBy(deliveries, ({ status }) => status))
    .map(([status, rows]) => `${rows?.length} ${status}`)
    .join(", ");
}

const isSuccess = ({ answered }: Entry) => answered >= 200 && answered < 300;

const wasLate = ({ at, answeredAt }: Entry) => answeredAt !== null && answeredAt - at > LATE_MS;

/** Whether the hub may not know how an attempt went: it was killed meanwhile, or gave up on it just then. */
function mayBeUnheard(entry: Entry, kills: readonly number[], until = Number.POSITIVE_INFINITY): boolean {
  if (wasLate(entry)) return true;
  return kills.some((kill) => kill >= entry.at - 50 && kill - entry.at < IN_FLIGHT_MS && kill <= until);
}

/** The same attempt again, or any attempt after one that was answered with success. */
function repeats(entries: Entry[]): [Entry, Entry][] {
  return entries.flatMap((again, n) => {
    const before = entries.slice(0, n).findLast((each) => each.attempt === again.attempt || isSuccess(each));
    return before ? [[before, again] as [Entry, Entry]] : [];
  });
}

/** Prints claims for people and one JSON line each; true when all hold. */
export function report(mode: string, claims: readonly Claim[]): boolean {
  for (const each of claims) console.log(JSON.stringify({ mode, ...each }));
  for (const { claim: text, holds, found } of claims) {
    console.log(`${holds ? "  holds " : "  FAILS "} ${mode}: ${text} (${found})`);
  }
  return claims.every(({ holds }) => holds);
}
