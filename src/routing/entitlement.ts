import type { Database } from "bun:sqlite";
import type { AuctionIdsMode } from "../config.ts";
import { EVENTS_WITHOUT_AUCTION } from "../customers/auction-ids.ts";

/** What decides whose an event is. */
export interface OwnedEvent {
  /** Empty: the event names no auction. */
  auctionIds: readonly string[];
  /** Set for a connector's event, which belongs to one customer. */
  ownerId: number | null;
}

/**
 * Whether an event is a customer's to hear of, whatever it has subscribed to; `has` tells which auction ids count as
 * the customer's. Routing decides the same by its table.
 */
export function mayHear(
  event: OwnedEvent,
  customerId: number,
  { has, mode }: { has: (auctionId: string) => boolean; mode: AuctionIdsMode },
): boolean {
  if (event.ownerId !== null) return event.ownerId === customerId;
  if (event.auctionIds.length === 0) return mode === "self" || has(EVENTS_WITHOUT_AUCTION);
  return event.auctionIds.some((id) => id !== EVENTS_WITHOUT_AUCTION && has(id)); // a publisher's * is no auction
}

/** Reads a customer's auction ids, and since when each is its. */
export function openAssignedAt(sqlite: Database): (customerId: number) => ReadonlyMap<string, number> {
  const assigned = sqlite.prepare<{ auctionId: string; assignedAt: number }, [number]>(
    "SELECT auction_id AS auctionId, assigned_at AS assignedAt FROM auction_ids WHERE customer_id = ?",
  );
  return (customerId) =>
    new Map(assigned.all(customerId).map(({ auctionId, assignedAt }) => [auctionId, assignedAt]));
}

/** The auction ids that were a customer's already at an instant, by when they were assigned. */
export function hadAt(instant: number, assignedAt: ReadonlyMap<string, number>) {
  return (auctionId: string): boolean => (assignedAt.get(auctionId) ?? Number.POSITIVE_INFINITY) <= instant;
}
