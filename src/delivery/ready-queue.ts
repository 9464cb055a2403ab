import { Heap } from "./heap.ts";
import { type AttemptEnd, type DueDelivery, Lane, type LaneFacts, type Standing } from "./lane.ts";
import { Rotation } from "./rotation.ts";

/** What the queue asks the database for when a lane's window runs low. */
export interface Refill {
  /** Due deliveries in order, beginning with the earliest; ones the lane holds already may be among them. */
  due: DueDelivery[];
  /** True when more are due than were read. */
  hasMore: boolean;
  /** The earliest due time in the future, ms UTC. */
  nextDueAt: number | null;
}

const NONE: ReadonlySet<number> = new Set();

/** Whose turn it is, one after another: fast ones have every second. */
const TURNS: readonly Standing[] = ["fast", "open", "fast", "dead"];

interface Alarm {
  at: number;
  lane: Lane;
}

/**
 * The in-memory priority queue of deliveries: a small window on each subscription that has work due.
 * Free slots rotate over customers, then over their subscriptions; receivers that are slow, dead or not yet known
 * share half of the slots, so that they never hold up the fast ones, and the dead leave a quarter of that half to the
 * others. Nothing here waits, reads or writes: the refill is handed in, so is the time.
 */
export class ReadyQueue {
  readonly #slots: number;
  readonly #slotsForUnproven: number;
  readonly #slotsForDead: number;
  /** One subscription may not take the last slots: someone else's event may come any moment. */
  readonly #mostPerLane: number;
  readonly #factsOf: (subscriptionId: number) => LaneFacts;
  readonly #lanes = new Map<number, Lane>();
  readonly #waiting: Record<Standing, Rotation> = {
    fast: new Rotation(),
    open: new Rotation(),
    dead: new Rotation(),
  };
  readonly #alarms = new Heap<Alarm>((a, b) => a.at < b.at);
  /** Attempts under way by what their lane was when each began. */
  readonly #underWay: Record<Standing, number> = { fast: 0, open: 0, dead: 0 };
  readonly #beganAs = new Map<number, Standing>();
  #turn = 0;

  /** `factsOf` is asked about a subscription once, when its first work turns up. */
  constructor({ slots, factsOf }: { slots: number; factsOf: (subscriptionId: number) => LaneFacts }) {
    this.#slots = slots;
    this.#factsOf = factsOf;
    this.#slotsForUnproven = Math.max(1, slots >> 1);
    this.#slotsForDead = Math.max(1, this.#slotsForUnproven - (slots >> 3));
    this.#mostPerLane = Math.max(1, slots - (slots >> 3));
  }

  /** Attempts under way now. */
  get underWay(): number {
    return this.#underWay.fast + this.#underWay.open + this.#underWay.dead;
  }

  /**
   * A delivery has become due; when its window is full it stays in the database until there is room.
   * True when the window has taken it in just now.
   */
  offer(delivery: DueDelivery): boolean {
    const lane = this.#laneOf(delivery.subscriptionId, delivery.customerId);
    const hasRoom = !lane.hasMore && lane.window.size < lane.windowSize;
    const isTaken = hasRoom && lane.admit(delivery);
    if (!hasRoom) lane.hasMore = true;
    this.#enlist(lane);
    return isTaken;
  }

  /** A delivery of this subscription becomes due later. */
  schedule(subscriptionId: number, customerId: number, dueAt: number): void {
    this.#setAlarm(this.#laneOf(subscriptionId, customerId), dueAt);
  }

  /** Due deliveries of this subscription may stand in the database. */
  markDue(subscriptionId: number, customerId: number): void {
    const lane = this.#laneOf(subscriptionId, customerId);
    lane.hasMore = true;
    this.#enlist(lane);
  }

  /** When to call `wake` next, ms UTC; null when nothing is due later. */
  get nextAlarmAt(): number | null {
    return this.#alarms.peek()?.at ?? null;
  }

  /** Marks the lanes whose time has come. */
  wake(now: number): void {
    for (let top = this.#alarms.peek(); top !== undefined && top.at <= now; top = this.#alarms.peek()) {
      this.#alarms.pop();
      if (top.lane.nextDueAt !== top.at) continue; // an earlier alarm took this one's place
      top.lane.nextDueAt = null;
      top.lane.hasMore = true;
      this.#enlist(top.lane);
    }
  }

  /** The next delivery to attempt; null when no slot is free or nothing may go now. `at` is monotonic ms. */
  take(at: number, refill: (lane: Lane) => Refill): DueDelivery | null {
    while (this.underWay < this.#slots) {
      const lane = this.#nextLane();
      if (lane === null) return null;
      if (lane.standing === "fast" && lane.isStalled(at)) {
        lane.standing = "open";
        lane.limit = Math.max(1, Math.min(lane.limit, lane.underWay));
        this.#enlist(lane);
        continue;
      }
      if (lane.hasMore && lane.window.size === 0) this.#refill(lane, refill(lane));
      const delivery = lane.start(at);
      if (delivery !== undefined) this.#count(lane, delivery);
      this.#enlist(lane);
      if (delivery !== undefined) return delivery;
    }
    return null;
  }

  /** An attempt has ended, or was not made (null): its slot is free, and its lane learns how the receiver behaves. */
  finish(delivery: DueDelivery, end: AttemptEnd | null): void {
    const lane = this.#laneOf(delivery.subscriptionId, delivery.customerId);
    lane.finish(delivery.id, end, this.#mostPerLane);
    this.#underWay[this.#beganAs.get(delivery.id) ?? "fast"] -= 1;
    this.#beganAs.delete(delivery.id);
    this.#enlist(lane);
  }

  /** The outcome is on disk; what is due again, the database or `schedule` tells. */
  settled(delivery: DueDelivery): void {
    this.#lanes.get(delivery.subscriptionId)?.settled(delivery.id);
  }

  /** A subscription was paused, resumed, changed or deleted: its window is read anew, attempts under way go on. */
  reopen(subscriptionId: number, isOpen: boolean): void {
    const lane = this.#lanes.get(subscriptionId);
    if (lane === undefined) return;
    lane.isOpen = isOpen;
    lane.forget();
    this.#enlist(lane);
  }

  /** The deliveries of this subscription that memory holds. */
  heldBy(subscriptionId: number): ReadonlySet<number> {
    return this.#lanes.get(subscriptionId)?.held ?? NONE;
  }

  #count({ standing }: Lane, { id }: DueDelivery): void {
    this.#underWay[standing] += 1;
    if (standing !== "fast") this.#beganAs.set(id, standing);
  }

  /** From each kind in turn, as far as it has slots left. */
  #nextLane(): Lane | null {
    this.#turn = (this.#turn + 1) % TURNS.length;
    for (let n = 0; n < TURNS.length; n++) {
      const standing = TURNS[(this.#turn + n) % TURNS.length] ?? "fast";
      const lane = this.#hasSlotsFor(standing) ? this.#waiting[standing].next() : null;
      if (lane !== null) return lane;
    }
    return null;
  }

  #hasSlotsFor(standing: Standing): boolean {
    const { open, dead } = this.#underWay;
    if (standing === "fast") return true;
    return open + dead < this.#slotsForUnproven && (standing === "open" || dead < this.#slotsForDead);
  }

  #refill(lane: Lane, { due, hasMore, nextDueAt }: Refill): void {
    for (const delivery of due) lane.admit(delivery);
    lane.hasMore = hasMore;
    if (nextDueAt !== null) this.#setAlarm(lane, nextDueAt);
  }

  /** Puts a lane where its next turn comes from, or nowhere when it may not take a slot. */
  #enlist(lane: Lane): void {
    const { isReady, standing } = lane;
    this.#waiting.fast.set(lane, isReady && standing === "fast");
    this.#waiting.open.set(lane, isReady && standing === "open");
    this.#waiting.dead.set(lane, isReady && standing === "dead");
  }

  #setAlarm(lane: Lane, at: number): void {
    if (lane.nextDueAt !== null && lane.nextDueAt <= at) return;
    lane.nextDueAt = at;
    this.#alarms.push({ at, lane });
  }

  #laneOf(subscriptionId: number, customerId: number): Lane {
    let lane = this.#lanes.get(subscriptionId);
    if (lane === undefined) {
      lane = new Lane(subscriptionId, customerId, this.#factsOf(subscriptionId));
      this.#lanes.set(subscriptionId, lane);
    }
    return lane;
  }
}
