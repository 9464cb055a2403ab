import { Heap } from "./heap.ts";

/** A delivery that is due, as memory holds it. */
export interface DueDelivery {
  id: number;
  subscriptionId: number;
  customerId: number;
  dueAt: number;
  /** Attempts made so far. */
  attempts: number;
}

/** How an attempt went, as far as a lane learns from it. */
export interface AttemptEnd {
  durationMs: number;
  timedOut: boolean;
}

/** What is known of a subscription before its first attempt in this run of the hub. */
export interface LaneFacts {
  /** Whether it may be attempted. */
  isOpen: boolean;
  /** Whether its last attempt failed. */
  isFailing: boolean;
}

/** An answer within this time counts as fast, in ms. */
export const FAST_MS = 1000;

/**
 * How a receiver stands: `fast` by its last answer; `open` when it is slow, or has not been called yet; `dead` when its
 * last attempt timed out. What is open or dead shares half of the slots, and what is dead leaves some of them.
 */
export type Standing = "fast" | "open" | "dead";

/** A receiver that answers slowly, but does answer, may have this many attempts under way. */
const SLOW_LIMIT = 16;

/** First by due time, then a first try before a retry, then in the order they were made. */
export function comesBefore(a: DueDelivery, b: DueDelivery): boolean {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  if (a.attempts > 0 !== b.attempts > 0) return b.attempts > 0;
  return a.id < b.id;
}

/**
 * The window on one subscription's due deliveries, and how many attempts it may have under way.
 * That limit starts at one, doubles its way up while answers are fast and more work waits, and falls to one
 * while attempts time out, so that a dead receiver holds a single slot.
 */
export class Lane {
  readonly subscriptionId: number;
  readonly customerId: number;
  readonly window = new Heap<DueDelivery>(comesBefore);
  /** Due rows may stand in the database that the window does not hold. */
  hasMore = false;
  /** The earliest later due time known, in ms UTC; null: none. */
  nextDueAt: number | null = null;
  standing: Standing;
  limit = 1;
  /** False while its subscription is paused or deleted, or its customer disabled. */
  isOpen: boolean;
  /** Deliveries in the window, under way, or whose outcome is not on disk yet: not to be taken in a second time. */
  readonly held = new Set<number>();
  /** Deliveries under way, with the start of each in monotonic ms, oldest first. */
  readonly #underWay = new Map<number, number>();

  constructor(subscriptionId: number, customerId: number, { isOpen, isFailing }: LaneFacts) {
    this.subscriptionId = subscriptionId;
    this.customerId = customerId;
    this.isOpen = isOpen;
    this.standing = isFailing ? "dead" : "open"; // a failing one is taken for dead until it answers in any way
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** True when this lane may take a free slot. */
  get isReady(): boolean {
    return this.isOpen && (this.window.size > 0 || this.hasMore) && this.#underWay.size < this.limit;
  }

  /** How many due deliveries memory may hold for this subscription. */
  get windowSize(): number {
    return Math.max(16, 2 * this.limit);
  }

  /** Takes a due delivery into the window; false when it is held already. */
  admit(delivery: DueDelivery): boolean {
    if (this.held.has(delivery.id)) return false;
    this.held.add(delivery.id);
    this.window.push(delivery);
    return true;
  }

  /** Moves the next delivery from the window to under way. */
  start(now: number): DueDelivery | undefined {
    const delivery = this.window.pop();
    if (delivery !== undefined) this.#underWay.set(delivery.id, now);
    return delivery;
  }

  /** Ends an attempt and learns from how it went, if it was made; held it stays until its outcome is on disk. */
  finish(id: number, end: AttemptEnd | null, most: number): void {
    const wasFull = this.#underWay.size >= this.limit;
    this.#underWay.delete(id);
    if (end !== null) this.#learn(end, wasFull, most);
  }

  #learn({ durationMs, timedOut }: AttemptEnd, wasFull: boolean, most: number): void {
    if (timedOut) {
      this.standing = "dead";
      this.limit = Math.max(1, this.limit >> 1);
    } else if (durationMs > FAST_MS) {
      this.standing = "open";
      this.limit = Math.min(Math.max(this.limit, 2), SLOW_LIMIT);
    } else {
      this.standing = "fast";
      if (wasFull) this.limit = Math.min(this.limit + 1, most);
    }
  }

  /** The outcome is on disk: from here on the database tells whether the delivery is due again. */
  settled(id: number): void {
    this.held.delete(id);
  }

  /** True when the oldest attempt under way has waited too long to call this receiver fast. */
  isStalled(now: number): boolean {
    for (const startedAt of this.#underWay.values()) return now - startedAt > FAST_MS;
    return false;
  }

  /** Forgets the window, not what is under way; what is due stands in the database. */
  forget(): void {
    for (let each = this.window.pop(); each !== undefined; each = this.window.pop())
      this.held.delete(each.id);
    this.hasMore = true;
  }
}
