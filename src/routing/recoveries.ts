import type { Database } from "bun:sqlite";
import { matches } from "../catalog/event-types.ts";
import type { AuctionIdsMode } from "../config.ts";
import type { Subscription } from "../customers/subscription-rows.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { FreshDelivery } from "../delivery/dispatcher.ts";
import { BURIED, BURIED_FROM, type Buried, type Replays } from "../delivery/replays.ts";
import { type Retention, untilNone } from "../delivery/sweep.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import { hadAt, mayHear, openAssignedAt } from "./entitlement.ts";
import { openRecoveryRows, type PastEvent, type Recovery } from "./recovery-rows.ts";

/** Events looked at in one commit, deliveries made in it, and ms it may take: publishers wait in between. */
const EVENTS_PER_COMMIT = 200;
const DELIVERIES_PER_COMMIT = 100;
const COMMIT_MS = 4;

/** How long to wait before a batch that could not be written is tried again, ms. */
const RETRY_MS = 5000;

/** A recovery as its customer sees it. */
export interface ShownRecovery {
  recoveryId: string;
  since: string;
  until: string;
  status: Recovery["status"];
  createdAt: string;
  finishedAt: string | null;
  /** Matching events looked at so far. */
  events: number;
  /** Deliveries made so far. */
  deliveries: number;
}

/** Runs that make deliveries of stored events that a subscription was not delivered. */
export interface Recoveries {
  /** From `since` to before `until`, ms UTC. @throws Problem recovery_running, invalid_input */
  begin(
    subscription: Subscription,
    given: { since: number; until?: number | undefined },
  ): Promise<ShownRecovery>;
  /** Newest first. */
  list(subscriptionId: number): ShownRecovery[];
  /** @throws Problem recovery_not_found */
  find(subscriptionId: number, recoveryId: string): ShownRecovery;
  /** What it has made stays. @throws Problem recovery_not_found, recovery_ended */
  cancel(subscriptionId: number, recoveryId: string): Promise<void>;
  /** Inside a transaction: the subscription is deleted. */
  end(subscriptionId: number, now: number): void;
  /** Goes on with what the last run of the hub left unfinished. */
  start(): void;
  stop(): Promise<void>;
  /** Resolves when none runs. */
  idle(): Promise<void>;
  /** Those that ended long ago; what they have made is no part of them. */
  retention: Retention;
}

/** Opens the recoveries. */
export function openRecoveries(parts: {
  sqlite: Database;
  commits: GroupCommit;
  replays: Replays;
  dispatcher: { offer(fresh: readonly FreshDelivery[]): void };
  seams: Pick<Seams, "clock" | "newId">;
  mode: AuctionIdsMode;
  log: Log;
}): Recoveries {
  const { sqlite, commits, replays, dispatcher, seams, log } = parts;
  const rows = openRecoveryRows(sqlite);
  const assignedAtOf = openAssignedAt(sqlite);
  const deliveriesOf = sqlite.prepare<Buried & { status: string }, [number, number]>(
    `${BURIED}, d.status ${BURIED_FROM} WHERE d.event_id = ? AND +d.subscription_id = ? ORDER BY d.id`,
  );
  const underWay = new Map<number, Promise<void>>();
  const stopping = new AbortController();

  function goOn(id: number): void {
    const run = runToItsEnd(id).finally(() => underWay.delete(id));
    underWay.set(id, run);
  }

  async function runToItsEnd(id: number): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const batch = await commits.run(() => makeBatch(id));
        dispatcher.offer(batch.fresh);
        if (batch.isLast) return;
      } catch (error) {
        log.error("recovery.unwritten", describeError(error));
        await seams.clock.sleep(RETRY_MS, stopping.signal);
      }
    }
  }

  /** Inside a commit: looks at the next events, and writes how far it came together with what it made. */
  function makeBatch(id: number): { fresh: FreshDelivery[]; isLast: boolean } {
    const recovery = rows.running(id);
    if (recovery === null) return { fresh: [], isLast: true }; // cancelled meanwhile
    const isMeantFor = entitlement(recovery);
    const startedAt = seams.clock.monotonic();
    const found = rows.events(recovery, EVENTS_PER_COMMIT);
    const fresh: FreshDelivery[] = [];
    let seen = 0;
    for (const event of found) {
      if (fresh.length >= DELIVERIES_PER_COMMIT || seams.clock.monotonic() - startedAt > COMMIT_MS) break;
      seen += 1;
      recovery.cursorAt = event.admittedAt;
      recovery.cursorId = event.id;
      if (!isMeantFor(event)) continue;
      recovery.events += 1;
      const made = deliverAgain(event.id, recovery);
      if (made === null) continue;
      recovery.deliveries += 1;
      fresh.push(made);
    }
    const isLast = seen === found.length && found.length < EVENTS_PER_COMMIT;
    rows.save(recovery, isLast ? seams.clock.now() : null);
    return { fresh, isLast };
  }

  /** Null when the subscription has it already, or will. */
  function deliverAgain(eventId: number, { subscriptionId, customerId }: Recovery): FreshDelivery | null {
    const present = deliveriesOf.all(eventId, subscriptionId);
    if (present.some(({ status }) => status === "pending" || status === "success")) return null;
    const buried = present.findLast(({ status, replayedAt }) => status === "failed" && replayedAt === null);
    if (buried === undefined) return replays.deliver({ eventId, subscriptionId, customerId });
    const fresh = replays.replay(buried);
    return fresh instanceof Problem ? null : fresh;
  }

  /** Whether an event is meant for the subscription: as routing decides now, with auction ids it had when the event came. */
  function entitlement({ customerId, eventType }: Recovery) {
    const assignedAt = assignedAtOf(customerId);
    return (event: PastEvent): boolean =>
      matches(eventType, event.eventType) &&
      mayHear(event, customerId, { has: hadAt(event.admittedAt, assignedAt), mode: parts.mode });
  }

  async function idle(): Promise<void> {
    await Promise.all(underWay.values());
  }

  return {
    async begin({ id: subscriptionId }, { since, until }) {
      const now = seams.clock.now();
      const end = until ?? now;
      if (since >= end) throw emptySpan(until === undefined);
      const recovery = await commits.run(() =>
        rows.hasRunning(subscriptionId)
          ? null
          : rows.add({ publicId: seams.newId(), subscriptionId, since, until: end, now }),
      );
      if (recovery === null) throw new Problem("recovery_running");
      goOn(recovery.id);
      return shown(recovery);
    },
    list: (subscriptionId) => rows.list(subscriptionId).map(shown),
    find(subscriptionId, recoveryId) {
      const recovery = rows.find(subscriptionId, recoveryId);
      if (recovery === null) throw new Problem("recovery_not_found");
      return shown(recovery);
    },
    async cancel(subscriptionId, recoveryId) {
      const refused = await commits.run(() => {
        const recovery = rows.find(subscriptionId, recoveryId);
        if (recovery === null) return new Problem("recovery_not_found");
        if (recovery.status !== "running") return new Problem("recovery_ended");
        rows.cancel(subscriptionId, seams.clock.now());
        return null;
      });
      if (refused !== null) throw refused;
    },
    end: rows.cancel,
    start: () => rows.allRunning().forEach(goOn),
    async stop() {
      stopping.abort();
      await idle();
    },
    idle,
    retention: ({ settled }) => [untilNone(() => rows.removeEnded(settled))],
  };
}

function emptySpan(isUpToNow: boolean): Problem {
  const message = isUpToNow ? "must lie in the past" : "must lie before until";
  return new Problem("invalid_input", { errors: [{ path: "since", message }] });
}

function shown(recovery: Recovery): ShownRecovery {
  const { publicId, since, until, status, createdAt, finishedAt, events, deliveries } = recovery;
  return {
    recoveryId: publicId,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    status,
    createdAt: new Date(createdAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
    events,
    deliveries,
  };
}
