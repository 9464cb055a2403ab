import type { Database } from "bun:sqlite";

/** What stands behind a subscription at this moment, as attempts need it. */
export interface DestinationFacts {
  customerId: number;
  webhookUrl: string;
  /** False while it is paused or deleted, or its customer disabled. */
  isOpen: boolean;
}

/** Where each subscription's webhooks go now. */
export interface Destinations {
  find(subscriptionId: number): DestinationFacts | null;
  /** All of a customer's subscriptions, read anew. */
  reread(customerId: number): Iterable<[subscriptionId: number, facts: DestinationFacts]>;
}

/** Subscriptions kept in memory, some 300 bytes each. */
const MAX_CACHED = 20_000;

const FACTS = `s.id, s.customer_id AS customerId, s.webhook_url AS webhookUrl,
  s.status = 'active' AND c.status = 'active' AS isOpen
  FROM subscriptions s JOIN customers c ON c.id = s.customer_id`;

interface Row {
  id: number;
  customerId: number;
  webhookUrl: string;
  isOpen: number;
}

/** Reads subscriptions as they are asked for and remembers them until their customer changes something. */
export function openDestinations(sqlite: Database): Destinations {
  const one = sqlite.prepare<Row, [number]>(`SELECT ${FACTS} WHERE s.id = ?`);
  const ofCustomer = sqlite.prepare<Row, [number]>(`SELECT ${FACTS} WHERE s.customer_id = ?`);
  const cache = new Map<number, DestinationFacts>();

  const remember = ({ id, customerId, webhookUrl, isOpen }: Row): DestinationFacts => {
    if (cache.size >= MAX_CACHED) cache.clear();
    const facts = { customerId, webhookUrl, isOpen: isOpen === 1 };
    cache.set(id, facts);
    return facts;
  };

  return {
    find(subscriptionId) {
      const known = cache.get(subscriptionId);
      if (known !== undefined) return known;
      const row = one.get(subscriptionId);
      return row === null ? null : remember(row);
    },
    *reread(customerId) {
      for (const row of ofCustomer.all(customerId)) yield [row.id, remember(row)];
    },
  };
}
