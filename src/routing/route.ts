import type { Database } from "bun:sqlite";
import type { AuctionIdsMode } from "../config.ts";
import type { Environment } from "../database/schema.ts";
import { type Route, RoutingTable, type Wishes } from "./match.ts";

/** An admitted event, as far as routing needs it. */
export interface RoutedEvent {
  environment: Environment;
  eventType: string;
  auctionIds: readonly string[];
  ownerId: number | null;
}

/** Decides who gets an event, from what stands in the database at that moment. */
export interface Router {
  /** The subscriptions this event goes to; called inside the commit that admits it. */
  route(event: RoutedEvent): Route[];
  /** A customer's subscriptions, auction ids or status have changed: it is read anew before the next event. */
  changed(customerId: number): void;
  /** What was read inside a transaction may have been undone: all is read anew. */
  rolledBack(): void;
}

/** Reads all subscriptions once and keeps the routing table true from then on. */
export function openRouter(sqlite: Database, mode: AuctionIdsMode): Router {
  const subscriptions = sqlite.prepare<{ id: number; environment: Environment; eventType: string }, [number]>(
    `SELECT s.id, s.environment, s.event_type AS eventType FROM subscriptions s
     JOIN customers c ON c.id = s.customer_id AND c.status = 'active'
     WHERE s.customer_id = ? AND s.status = 'active'`,
  );
  const auctionIds = sqlite.prepare<{ auctionId: string }, [number]>(
    "SELECT auction_id AS auctionId FROM auction_ids WHERE customer_id = ?",
  );
  const everyCustomer = sqlite.prepare<{ id: number }, []>("SELECT id FROM customers");

  const readWishes = (customerId: number): Wishes => ({
    subscriptions: subscriptions.all(customerId),
    auctionIds: auctionIds.all(customerId).map((row) => row.auctionId),
  });

  let table = new RoutingTable(mode);
  const stale = new Set(everyCustomer.all().map(({ id }) => id));
  const refresh = () => {
    for (const customerId of stale) table.set(customerId, readWishes(customerId));
    stale.clear();
  };
  refresh();

  return {
    route(event) {
      if (stale.size > 0) refresh();
      return table.match(event);
    },
    changed: (customerId) => void stale.add(customerId),
    rolledBack() {
      table = new RoutingTable(mode);
      for (const { id } of everyCustomer.all()) stale.add(id);
    },
  };
}
