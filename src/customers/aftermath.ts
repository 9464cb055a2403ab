/** How the rest of the hub hears of what changed for a customer. */
export interface Aftermath {
  /** Called inside the transaction: the subscription is deleted, and what is still under way for it ends with it. */
  deleted(subscriptionId: number, now: number): void;
  /** Called inside the transaction: from now on its dead letters wait for a person. */
  recoversByHand(subscriptionId: number): void;
  /** Called inside the transaction: subscriptions, auction ids or status of this customer differ from now on. */
  changed(customerId: number): void;
  /** Called once such a transaction is on disk. */
  committed(customerId: number): void;
}
