import type { Database } from "bun:sqlite";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Deliveries } from "./deliveries.ts";
import type { FreshDelivery } from "./dispatcher.ts";
import type { SteadyTime } from "./steady-time.ts";

/** A dead letter as replaying needs it. */
export interface Buried {
  id: number;
  publicId: string;
  eventId: number;
  subscriptionId: number;
  customerId: number;
  replayedAt: number | null;
  isDeleted: number;
}

/** Selects `Buried` rows; `d` is the delivery, `s` its subscription. */
export const BURIED = `SELECT d.id, d.public_id AS publicId, d.event_id AS eventId, d.subscription_id AS subscriptionId,
  d.customer_id AS customerId, d.replayed_at AS replayedAt, s.status = 'deleted' AS isDeleted`;

/** Where `Buried` rows come from. */
export const BURIED_FROM = "FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id";

/** Makes deliveries again, by hand or by the hub itself. Called inside a commit; what it gives is offered after it. */
export interface Replays {
  /** The dead letter of this internal id; null when there is none. */
  find(id: number): Buried | null;
  /** A new delivery of the same event to the same subscription, with all its attempts before it. */
  replay(buried: Buried): FreshDelivery | Problem;
  /** A new delivery of an event that has none for this subscription. */
  deliver(event: { eventId: number; subscriptionId: number; customerId: number }): FreshDelivery;
}

/** Opens the way back for dead letters. */
export function openReplays(parts: {
  sqlite: Database;
  deliveries: Deliveries;
  seams: Pick<Seams, "clock" | "newId">;
  /** What due times are told in. */
  time: SteadyTime;
  /** Inside the transaction: tells who keeps account of dead letters that one waits no more. */
  replayed: (customerId: number) => void;
  /** The wait before the first attempt, ms. */
  firstDelayMs: number;
}): Replays {
  const { sqlite, deliveries, seams, time, firstDelayMs } = parts;
  const one = sqlite.prepare<Buried, [number]>(
    `${BURIED} ${BURIED_FROM} WHERE d.id = ? AND d.status = 'failed'`,
  );
  const markReplayed = sqlite.prepare(
    "UPDATE deliveries SET replayed_at = ? WHERE id = ? AND status = 'failed' AND replayed_at IS NULL",
  );

  function add(
    { eventId, subscriptionId, customerId }: { eventId: number; subscriptionId: number; customerId: number },
    replayOf: string | null,
  ): FreshDelivery {
    const createdAt = seams.clock.now();
    const dueAt = time.now() + firstDelayMs;
    const delivery = { eventId, subscriptionId, customerId, dueAt, createdAt, replayOf };
    const id = deliveries.add({ ...delivery, publicId: seams.newId() });
    return { id, subscriptionId, customerId, dueAt, attempts: 0, parcel: null };
  }

  return {
    find: (id) => one.get(id),
    replay(buried) {
      if (buried.replayedAt !== null) return new Problem("already_replayed");
      if (buried.isDeleted === 1) return new Problem("subscription_deleted");
      markReplayed.run(seams.clock.now(), buried.id);
      parts.replayed(buried.customerId);
      return add(buried, buried.publicId);
    },
    deliver: (event) => add(event, null),
  };
}
