import type { Database } from "bun:sqlite";

/** A subscription that has deliveries pending. */
export interface PendingCount {
  subscriptionId: number;
  customerId: number;
  count: number;
}

/**
 * How many deliveries are pending, by subscription and in all. Counted once at start; from then on kept true by
 * what each transaction changes, once it is on disk.
 */
export class Backlog {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #changes = new Map<number, number>();
  /** The subscriptions that had deliveries pending at the start. */
  readonly atStart: readonly PendingCount[];

  constructor(sqlite: Database) {
    this.atStart = sqlite
      .query<PendingCount, []>(
        `SELECT s.id AS subscriptionId, s.customer_id AS customerId, p.count FROM
           (SELECT subscription_id, count(*) AS count FROM deliveries WHERE status = 'pending' GROUP BY subscription_id) p
         JOIN subscriptions s ON s.id = p.subscription_id`,
      )
      .all();
    for (const { subscriptionId, count } of this.atStart) this.#apply(subscriptionId, count);
  }

  /** On disk, in all subscriptions together. */
  get total(): number {
    return this.#total;
  }

  /** Of this subscription, what the present transaction has changed included. */
  of(subscriptionId: number): number {
    return (this.#counts.get(subscriptionId) ?? 0) + (this.#changes.get(subscriptionId) ?? 0);
  }

  /** Inside a transaction: this many more (or fewer) are pending. */
  change(subscriptionId: number, by: number): void {
    this.#changes.set(subscriptionId, (this.#changes.get(subscriptionId) ?? 0) + by);
  }

  /** The transaction is on disk. */
  committed(): void {
    for (const [subscriptionId, by] of this.#changes) this.#apply(subscriptionId, by);
    this.#changes.clear();
  }

  /** The transaction was undone. */
  rolledBack(): void {
    this.#changes.clear();
  }

  #apply(subscriptionId: number, by: number): void {
    const count = (this.#counts.get(subscriptionId) ?? 0) + by;
    if (count === 0) this.#counts.delete(subscriptionId);
    else this.#counts.set(subscriptionId, count);
    this.#total += by;
  }
}
