import type { Database } from "bun:sqlite";
import type { Backlog } from "../delivery/backlog.ts";
import type { Connectors } from "../intake/connectors.ts";
import type { ConnectorState } from "../intake/shown-connector.ts";
import type { Seams } from "../seams.ts";
import type { Counts } from "./counts.ts";
import type { Minute } from "./minutes.ts";
import { beginningOf, DAY, HOUR, type Span, spanOf } from "./spans.ts";

/** How things stand for one customer, at one glance. */
export interface Overview {
  now: string;
  /** Deliveries that wait for their next attempt or are under way. */
  pending: number;
  /** Those that nobody has replayed. */
  deadLetters: number;
  /** Of both environments; the last attempt of these failed. */
  failingSubscriptions: number;
  activeSubscriptions: number;
  hour: Span;
  day: Span;
  connectors: ConnectorState[];
}

/** Says how things stand for a customer; costs what its subscriptions and a day of minutes do, not its deliveries. */
export type OverviewOf = (customerId: number) => Overview;

/** Customers whose minutes of the last day are kept, some 100 KB each at most. */
const MAX_CACHED = 200;

interface Kept {
  since: number;
  revision: number;
  minutes: Minute[];
}

/** Opens the overview. */
export function openOverview(parts: {
  sqlite: Database;
  counts: Counts;
  backlog: Pick<Backlog, "of">;
  connectors: Pick<Connectors, "states">;
  seams: Pick<Seams, "clock">;
}): OverviewOf {
  const { sqlite, counts, backlog, connectors, seams } = parts;
  const subscriptions = sqlite.prepare<{ id: number; isActive: number; isFailing: number }, [number]>(
    `SELECT s.id, s.status = 'active' AS isActive, h.failing_since IS NOT NULL AS isFailing
     FROM subscriptions s LEFT JOIN subscription_health h ON h.subscription_id = s.id
     WHERE s.customer_id = ? AND s.status <> 'deleted'`,
  );
  const cache = new Map<number, Kept>();

  /** A reader of the stream asks each second; what is on disk changes every few. */
  function written(customerId: number, since: number): Minute[] {
    const { revision } = counts;
    const known = cache.get(customerId);
    if (known?.since === since && known.revision === revision) return known.minutes;
    if (cache.size >= MAX_CACHED) cache.clear();
    const minutes = counts.written(customerId, since);
    cache.set(customerId, { since, revision, minutes });
    return minutes;
  }

  function subscriptionsOf(customerId: number) {
    const sum = { pending: 0, failingSubscriptions: 0, activeSubscriptions: 0 };
    for (const { id, isActive, isFailing } of subscriptions.all(customerId)) {
      sum.pending += backlog.of(id);
      sum.failingSubscriptions += isFailing;
      sum.activeSubscriptions += isActive;
    }
    return sum;
  }

  return (customerId) => {
    const now = seams.clock.now();
    const minutes = [...written(customerId, beginningOf(DAY, now)), ...counts.unwritten(customerId)];
    const { pending, ...ofSubscriptions } = subscriptionsOf(customerId);
    return {
      now: new Date(now).toISOString(),
      pending,
      deadLetters: counts.lettersOf(customerId),
      ...ofSubscriptions,
      hour: spanOf(minutes, HOUR, now),
      day: spanOf(minutes, DAY, now),
      connectors: connectors.states(customerId),
    };
  };
}
