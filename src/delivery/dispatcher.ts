import type { GroupCommit } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import { Alarm } from "./alarm.ts";
import type { AttemptRecord, MakeAttempt } from "./attempt.ts";
import type { Backlog } from "./backlog.ts";
import type { Deliveries } from "./deliveries.ts";
import type { ShownStatus } from "./delivery-list.ts";
import type { Destinations } from "./destinations.ts";
import { HeldParcels } from "./held-parcels.ts";
import type { DueDelivery, Lane } from "./lane.ts";
import { describeOutcome, type Outcome } from "./outcome.ts";
import type { Parcel } from "./parcel.ts";
import type { ReadyQueue } from "./ready-queue.ts";
import { latestDue } from "./retry-delays.ts";
import { type Settlement, settle } from "./settle.ts";
import type { SteadyTime } from "./steady-time.ts";

/** A delivery that was just made; with its parcel at hand, its first attempt need not read it. */
export interface FreshDelivery extends DueDelivery {
  parcel: Parcel | null;
}

/** An attempt that was made, and what was sent. */
interface Made {
  parcel: Parcel;
  outcome: Outcome;
  record: AttemptRecord;
}

/** How long to wait before an outcome that could not be written is written again. */
const REWRITE_DELAY_MS = 1000;

/** Outcomes that wait for their commit, past which no attempt begins: a kill makes no more than these come twice. */
const MAX_UNSETTLED = 32;

/** What the dispatcher works with. */
export interface DispatcherParts {
  queue: ReadyQueue;
  backlog: Pick<Backlog, "atStart">;
  deliveries: Deliveries;
  destinations: Destinations;
  commits: GroupCommit;
  attempt: MakeAttempt;
  secretsFor: (customerId: number, now: number) => readonly { value: string }[];
  seams: Pick<Seams, "clock">;
  /** What due times are compared with. */
  time: SteadyTime;
  retryDelaysMs: readonly number[];
  /** Inside the transaction that settles a delivery: tells whoever else keeps account of outcomes. */
  settled: (delivery: DueDelivery, settlement: Settlement, endedAt: number) => void;
  /** Once it is on disk: tells whoever is watching. */
  moved: (customerId: number, parcel: Parcel, status: ShownStatus) => void;
  log: Log;
}

/**
 * Brings due deliveries to their receivers: takes them from the ready queue while slots are free, makes the
 * attempt, and settles the outcome. Woken by commits, by attempts that end and by one timer; it never polls.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #parcels = new HeldParcels();
  readonly #open = new Set<Promise<void>>();
  readonly #alarm: Alarm;
  #isRunning = false;
  readonly #stopping = new AbortController();
  #unwritten = 0;
  #isHeldUp = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#alarm = new Alarm({ clock: parts.seams.clock, time: parts.time, run: () => this.#pump() });
  }

  /** Begins with whatever the last run of the hub left pending. */
  start(): void {
    this.#isRunning = true;
    const now = this.#now();
    const latest = latestDue(now, this.#parts.retryDelaysMs);
    for (const { subscriptionId, customerId } of this.#parts.backlog.atStart) {
      this.#parts.deliveries.hasten(subscriptionId, latest);
      this.#parts.queue.markDue(subscriptionId, customerId);
    }
    this.#pump();
  }

  /** Takes deliveries whose commit is on disk. */
  offer(fresh: readonly FreshDelivery[]): void {
    const now = this.#now();
    for (const delivery of fresh) {
      const { id, subscriptionId, customerId, dueAt, attempts, parcel } = delivery;
      if (parcel !== null) this.#parts.moved(customerId, parcel, "pending");
      if (dueAt > now) this.#parts.queue.schedule(subscriptionId, customerId, dueAt);
      else if (this.#parts.queue.offer({ id, subscriptionId, customerId, dueAt, attempts })) {
        if (parcel !== null) this.#parcels.hold(id, parcel);
      }
    }
    this.#pump();
  }

  /** A customer's subscriptions or status have changed on disk. */
  changed(customerId: number): void {
    this.#parcels.clear();
    for (const [subscriptionId, { isOpen }] of this.#parts.destinations.reread(customerId)) {
      this.#parts.queue.reopen(subscriptionId, isOpen);
    }
    this.#pump();
  }

  /**
   * Starts no more attempts and resolves once those under way have ended and are on disk; what the disk does not take
   * even then stays pending there, and is attempted again.
   */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#stopping.abort();
    this.#alarm.set(null);
    await this.idle();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  /** When the next delivery becomes due, ms UTC; null when none is. */
  get nextDueAt(): number | null {
    return this.#parts.queue.nextAlarmAt;
  }

  #pump(): void {
    if (!this.#isRunning || this.#unwritten > 0) return;
    const { queue, seams } = this.#parts;
    queue.wake(this.#now());
    for (;;) {
      this.#isHeldUp = this.#open.size - queue.underWay >= MAX_UNSETTLED;
      if (this.#isHeldUp) break;
      const delivery = queue.take(seams.clock.monotonic(), (lane) => this.#refill(lane));
      if (delivery === null) break;
      const work = this.#deliver(delivery).finally(() => this.#close(work));
      this.#open.add(work);
    }
    this.#setAlarm();
  }

  #close(work: Promise<void>): void {
    this.#open.delete(work);
    if (this.#isHeldUp) this.#pump();
  }

  #refill(lane: Lane) {
    return this.#parts.deliveries.refill(lane, this.#now());
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const { queue } = this.#parts;
    const made = await this.#attempt(delivery);
    queue.finish(delivery, made && learnFrom(made));
    this.#pump();
    if (made !== null) await this.#settle(delivery, made);
  }

  /** Null when there is nothing to attempt: the delivery was cancelled while it waited. */
  async #attempt(delivery: DueDelivery): Promise<Made | null> {
    const { queue, deliveries, destinations, attempt, secretsFor, seams } = this.#parts;
    try {
      const parcel = this.#parcels.take(delivery.id) ?? deliveries.parcel(delivery.id);
      const facts = destinations.find(delivery.subscriptionId);
      if (parcel === null || facts === null) {
        queue.settled(delivery);
        return null;
      }
      const secrets = secretsFor(delivery.customerId, seams.clock.now()).map(({ value }) => value);
      const destination = { webhookUrl: facts.webhookUrl, secrets };
      return { parcel, ...(await attempt(parcel, destination, delivery.attempts + 1)) };
    } catch (error) {
      // Our own bug: the delivery stays pending on disk and held in memory, so that it is not tried in a loop.
      this.#parts.log.error("delivery.broken", { delivery: delivery.id, ...describeError(error) });
      return null;
    }
  }

  async #settle(delivery: DueDelivery, { parcel, outcome, record }: Made): Promise<void> {
    const { queue, time, retryDelaysMs, moved } = this.#parts;
    const settlement = settle(outcome, record.attempt, { delays: retryDelaysMs, now: time.after(0) });
    const isMoved = await this.#write(delivery, record, settlement);
    queue.settled(delivery);
    if (isMoved && settlement.status === "pending") {
      queue.schedule(delivery.subscriptionId, delivery.customerId, settlement.dueAt);
      this.#setAlarm();
    }
    if (isMoved) moved(delivery.customerId, parcel, shownStatus(settlement));
    this.#tell(parcel, record, { outcome, settlement });
  }

  /** Writes an outcome for as long as the hub runs: what a receiver has accepted must not be forgotten. */
  async #write(delivery: DueDelivery, record: AttemptRecord, settlement: Settlement): Promise<boolean> {
    const { commits, deliveries, settled, seams, log } = this.#parts;
    const endedAt = Math.round(record.at + record.durationMs);
    let hasFailed = false;
    for (;;) {
      try {
        const isMoved = await commits.runPatiently(() => {
          const isMoved = deliveries.settle(delivery, record, settlement);
          if (isMoved) settled(delivery, settlement, endedAt);
          return isMoved;
        });
        if (hasFailed) this.#unwritten -= 1;
        if (hasFailed) this.#pump();
        return isMoved;
      } catch (error) {
        log.error("delivery.unwritten", describeError(error));
        if (hasFailed && this.#stopping.signal.aborted) return false;
        if (!hasFailed) this.#unwritten += 1; // no new attempts until this one is written
        hasFailed = true;
        await seams.clock.sleep(REWRITE_DELAY_MS, this.#stopping.signal);
      }
    }
  }

  #tell(
    { deliveryId, eventId }: Parcel,
    { attempt, durationMs }: AttemptRecord,
    { outcome, settlement }: { outcome: Outcome; settlement: Settlement },
  ): void {
    const { log } = this.#parts;
    const line = { deliveryId, eventId, attempt, durationMs, outcome: outcome.kind, next: settlement.status };
    if (outcome.kind === "accepted") log.debug("delivery.attempted", line);
    else log.info("delivery.attempted", { ...line, reason: describeOutcome(outcome) });
  }

  #setAlarm(): void {
    this.#alarm.set(this.#isRunning ? this.#parts.queue.nextAlarmAt : null);
  }

  #now(): number {
    return this.#parts.time.now();
  }
}

const shownStatus = ({ status }: Settlement): ShownStatus => (status === "pending" ? "retrying" : status);

const learnFrom = ({ outcome, record }: Made) => ({
  durationMs: record.durationMs,
  timedOut: outcome.kind === "unreachable" && outcome.reason === "timeout",
});
