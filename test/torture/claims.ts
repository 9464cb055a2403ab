import type { Publisher } from "./publisher.ts";
import type { Entry } from "./receiver.ts";
import type { HubAccount, HubDelivery } from "./world.ts";

/** One thing that must hold, and whether it did. */
export interface Claim {
  claim: string;
  holds: boolean;
  /** What was counted. */
  found: string;
}

/** A hub has at most so many attempts under way, and outcomes that are not on disk yet. */
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
  /** How often the hub was killed. */
  kills: number;
}

/** Holds what was accepted, what the hub says became of it, and what the receiver saw against each other. */
export function judge(evidence: Evidence): Claim[] {
  return [...judgeHub(evidence), ...judgeWebhooks(evidence)];
}

function judgeHub({ publisher, ledger, account, subscriptions }: Evidence): Claim[] {
  const accepted = new Set([...publisher.accepted.values()].map(({ eventId }) => eventId));
  const original = account.deliveries.filter(({ replayOf }) => replayOf === null);
  const byEvent = Map.groupBy(original, ({ eventId }) => eventId);
  const lost = [...accepted].filter((eventId) => {
    const deliveries = byEvent.get(eventId) ?? [];
    const reached = new Set(deliveries.map(({ subscriptionId }) => subscriptionId));
    return deliveries.length !== subscriptions || reached.size !== subscriptions;
  });
  const invented = account.events.difference(accepted);
  const taken = Map.groupBy(ledger.filter(isSuccess), ({ deliveryId }) => deliveryId);
  const undelivered = account.deliveries.filter(
    ({ deliveryId, status }) => status === "success" && !taken.has(deliveryId),
  );
  const buriedAlive = account.deliveries.filter(
    ({ deliveryId, status, outcomes }) =>
      status === "failed" &&
      taken.get(deliveryId)?.some(({ attempt }) => outcomes[attempt - 1] === "rejected"),
  );
  return [
    {
      claim: "accepted = delivered ∪ pending ∪ dead",
      holds: lost.length === 0 && account.deliveries.every(({ status }) => status !== "cancelled"),
      found: `${accepted.size} events accepted; deliveries: ${statusesOf(account)}; ${lost.length} events lost`,
    },
    claim("every event was accepted, and once", publisher.doubled.length + invented.size, "more"),
    claim("what the hub calls delivered, the receiver took", undelivered.length, "not taken"),
    claim("what the hub calls refused, the receiver refused", buriedAlive.length, "taken"),
    claim(
      "nothing is attempted after a success",
      account.deliveries.filter(isBeyondSuccess).length,
      `of ${account.deliveries.length} deliveries are`,
    ),
    { claim: "the database is whole", holds: account.integrity === "ok", found: account.integrity },
  ];
}

function judgeWebhooks({ publisher, ledger, account, kills }: Evidence): Claim[] {
  const known = new Map(account.deliveries.map((delivery) => [delivery.deliveryId, delivery]));
  const hashes = new Map([...publisher.accepted.values()].map(({ eventId, sha256 }) => [eventId, sha256]));
  const seen = Map.groupBy(ledger, ({ deliveryId }) => deliveryId);
  const unwritten = [...seen].map(([id, { length }]) => length - (known.get(id)?.outcomes.length ?? 0));
  const repeats = unwritten.reduce((sum, n) => sum + Math.max(0, n), 0);
  const unheard = ledger.filter(
    (entry) =>
      isSuccess(entry) && known.get(entry.deliveryId)?.outcomes[entry.attempt - 1]?.match(/timeout|reset/),
  );
  return [
    claim("no webhook was invented", ledger.filter(({ deliveryId }) => !known.has(deliveryId)).length),
    {
      claim: "an attempt came twice only where a kill cut it off",
      holds: repeats <= kills * MOST_AT_A_KILL,
      found: `${repeats} came twice at ${kills} kills, of ${ledger.length} webhooks; ${unheard.length} answers came too late`,
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

/** Its success is not the last that the hub wrote of it. */
const isBeyondSuccess = ({ outcomes }: HubDelivery) =>
  outcomes.includes("accepted") && outcomes.indexOf("accepted") !== outcomes.length - 1;

/** Prints claims for people and one JSON line each; true when all hold. */
export function report(mode: string, claims: readonly Claim[]): boolean {
  for (const each of claims) console.log(JSON.stringify({ mode, ...each }));
  for (const { claim: text, holds, found } of claims) {
    console.log(`${holds ? "  holds " : "  FAILS "} ${mode}: ${text} (${found})`);
  }
  return claims.every(({ holds }) => holds);
}
