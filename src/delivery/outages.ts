import type { Database } from "bun:sqlite";
import type { HealthRecord } from "../customers/health.ts";
import type { GroupCommit } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { FreshDelivery } from "./dispatcher.ts";
import { type Burial, type Outage, openOutageRows } from "./outage-rows.ts";
import {
  afterBurial,
  afterProbe,
  FIRST_PROBE_MS,
  LONGEST_WAIT_MS,
  nextStep,
  STEP_MS,
} from "./outage-steps.ts";
import type { Replays } from "./replays.ts";
import type { SteadyTime } from "./steady-time.ts";

/** Brings back by itself what was buried, for subscriptions that asked for automatic recovery. */
export interface Outages {
  /** Inside a transaction: a delivery has become a dead letter. */
  buried(deliveryId: number): void;
  /** Inside a transaction: a delivery has succeeded. */
  succeeded(deliveryId: number): void;
  /** Inside a transaction: nothing more is brought back by itself for this subscription. */
  end(subscriptionId: number): void;
  /** Such a transaction is on disk. */
  committed(): void;
  /** A subscription was paused or resumed, or its customer disabled or enabled: when to act next may differ. */
  lookAnew(): void;
  /** Goes on where the last run of the hub was. */
  start(): void;
  stop(): Promise<void>;
  /** Resolves when no step is under way. */
  idle(): Promise<void>;
}

/** How long to wait before a step that could not be written is tried again, ms. */
const RETRY_MS = 5000;

/** Opens the automatic recovery. */
export function openOutages(parts: {
  sqlite: Database;
  commits: GroupCommit;
  replays: Replays;
  health: HealthRecord;
  dispatcher: { offer(fresh: readonly FreshDelivery[]): void };
  seams: Pick<Seams, "clock">;
  time: SteadyTime;
  log: Log;
}): Outages {
  const { sqlite, commits, replays, health, dispatcher, seams, time, log } = parts;
  const rows = openOutageRows(sqlite);
  const probes = new Set<number>();
  let isRunning = false;
  let hasChanged = false;
  let timer: { at: number; cancel(): void } | null = null;
  let work = Promise.resolve();

  /** The timer stands on the earliest step of any outage. */
  function arm(): void {
    const at = isRunning ? (rows.nextAt.get()?.at ?? null) : null;
    if (at === (timer?.at ?? null)) return;
    timer?.cancel();
    timer = at === null ? null : { at, cancel: seams.clock.setTimer(Math.max(0, at - time.now()), act) };
  }

  function act(): void {
    timer = null;
    work = work.then(stepAll).catch(async (error: unknown) => {
      log.error("outage.unwritten", describeError(error));
      if (isRunning) timer = { at: -1, cancel: seams.clock.setTimer(RETRY_MS, act) };
    });
  }

  async function stepAll(): Promise<void> {
    for (const { subscriptionId } of rows.due.all(time.now())) {
      if (!isRunning) return;
      const fresh = await commits.run(() => step(subscriptionId));
      readProbes();
      dispatcher.offer(fresh);
    }
    arm();
  }

  function readProbes(): void {
    probes.clear();
    for (const { probeId } of rows.probes.all()) probes.add(probeId);
  }

  /** Inside a commit: replays one dead letter as a probe, or the next few of a receiver that is back. */
  function step(subscriptionId: number): FreshDelivery[] {
    const outage = rows.one.get(subscriptionId);
    if (outage === null) return [];
    return outage.phase === "probing" ? probe(outage) : drain(outage);
  }

  function probe(outage: Outage): FreshDelivery[] {
    const letter =
      takeLetters(outage.subscriptionId, 1, outage.probedEventId)[0] ??
      takeLetters(outage.subscriptionId, 1)[0];
    if (letter === undefined) return close(outage.subscriptionId);
    rows.setProbe.run(letter.fresh.id, letter.eventId, outage.subscriptionId);
    return [letter.fresh];
  }

  function drain(outage: Outage): FreshDelivery[] {
    const { subscriptionId } = outage;
    const pending = rows.pending.get(subscriptionId, outage.step + 1)?.count ?? 0;
    const size = nextStep(outage.step, pending);
    const letters = takeLetters(subscriptionId, size);
    if (rows.hasLetters.get(subscriptionId) === null) close(subscriptionId);
    else rows.setStep.run(size === 0 ? outage.step : size, time.after(STEP_MS), subscriptionId);
    return letters.map(({ fresh }) => fresh);
  }

  /** Takes the next dead letters in the order of their events and replays them; ones replayed by hand fall out. */
  function takeLetters(subscriptionId: number, count: number, afterEventId = -1) {
    const taken: { fresh: FreshDelivery; eventId: number }[] = [];
    while (taken.length < count) {
      const letters = rows.letters.all(subscriptionId, afterEventId, count - taken.length);
      if (letters.length === 0) break;
      for (const { eventId, deliveryId } of letters) {
        rows.removeLetter.run(subscriptionId, eventId, deliveryId);
        const buried = replays.find(deliveryId);
        const fresh = buried && replays.replay(buried);
        if (fresh !== null && !(fresh instanceof Problem)) taken.push({ fresh, eventId });
      }
    }
    return taken;
  }

  function close(subscriptionId: number): FreshDelivery[] {
    rows.remove.run(subscriptionId);
    return [];
  }

  /** A receiver that has taken others since this delivery was made refuses this very event: that is for a person. */
  function isRefused({ subscriptionId, createdAt, replayOf }: Burial): boolean {
    const lastSuccessAt = health.of(subscriptionId).lastSuccessAt;
    return replayOf !== null && lastSuccessAt !== null && lastSuccessAt >= createdAt;
  }

  return {
    buried(deliveryId) {
      const at = time.after(0);
      const burial = rows.burial.get(deliveryId);
      if (burial === null || burial.recovery !== "automatic") return;
      hasChanged = true;
      const { subscriptionId, customerId, eventId } = burial;
      const outage = rows.one.get(subscriptionId);
      const isProbe = outage?.probeId === deliveryId;
      const refused = isRefused(burial);
      if (outage === null && refused) return;
      if (outage === null) rows.open.run(subscriptionId, customerId, at, at + FIRST_PROBE_MS, FIRST_PROBE_MS);
      if (!refused) rows.addLetter.run(subscriptionId, eventId, deliveryId);
      if (isProbe) rows.probing.run(...afterProbe(outage.waitMs, at), subscriptionId);
      else if (outage?.phase === "draining" && !refused) rows.probing.run(...afterBurial(at), subscriptionId);
      if (rows.hasLetters.get(subscriptionId) === null) close(subscriptionId);
    },
    succeeded(deliveryId) {
      if (!probes.has(deliveryId)) return;
      rows.draining.run(time.now(), deliveryId);
      hasChanged = true;
    },
    end(subscriptionId) {
      rows.remove.run(subscriptionId);
      hasChanged = true;
    },
    committed() {
      if (!hasChanged) return;
      hasChanged = false;
      arm();
    },
    lookAnew: arm,
    start() {
      isRunning = true;
      const now = time.now();
      rows.hasten.run(now, now + LONGEST_WAIT_MS); // no wait is longer: a clock that was wrong has written it
      readProbes();
      arm();
    },
    async stop() {
      isRunning = false;
      timer?.cancel();
      timer = null;
      await work;
    },
    idle: () => work,
  };
}
