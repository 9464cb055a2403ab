import type { Database } from "bun:sqlite";
import type { Environment } from "../database/schema.ts";
import { afterReadyIo } from "../seams.ts";
import { iso } from "./delivery-rows.ts";

/** Unreplayed dead letters of one subscription that failed for the same reason. */
export interface ShownGroup {
  environment: Environment;
  /** The subscription's name or pattern. */
  eventType: string;
  reason: string;
  count: number;
  /** When the first and the last of them became dead letters. */
  oldestAt: string;
  newestAt: string;
}

/** Groups that are shown at most; the largest are. */
export const MAX_GROUPS = 200;

/** The dead letters of a customer by subscription and reason, the largest group first. */
export type DeadLetterGroups = (customerId: number) => Promise<ShownGroup[]>;

/** Dead letters looked at before other requests have their turn: a few milliseconds. */
const SLICE = 2000;

interface Group {
  subscriptionId: number;
  reason: string;
  count: number;
  oldestAt: number;
  newestAt: number;
}

const UNREPLAYED = `FROM deliveries INDEXED BY dead_letters_unreplayed
  WHERE customer_id = ? AND status = 'failed' AND replayed_at IS NULL`;

/** Opens the groups; what is asked is as much work as there are dead letters, done a slice at a time. */
export function openDeadLetterGroups(sqlite: Database): DeadLetterGroups {
  const sliceEnd = sqlite.prepare<{ id: number }, [number, number]>(
    `SELECT id ${UNREPLAYED} AND id > ? ORDER BY id LIMIT 1 OFFSET ${SLICE - 1}`,
  );
  const slice = sqlite.prepare<Group, [number, number, number]>(
    `SELECT subscription_id AS subscriptionId, failure_reason AS reason, count(*) AS count,
       min(settled_at) AS oldestAt, max(settled_at) AS newestAt
     ${UNREPLAYED} AND id > ? AND id <= ? GROUP BY subscription_id, failure_reason`,
  );
  const subscription = sqlite.prepare<{ environment: Environment; eventType: string }, [number]>(
    "SELECT environment, event_type AS eventType FROM subscriptions WHERE id = ?",
  );

  function shown({ subscriptionId, reason, count, oldestAt, newestAt }: Group): ShownGroup[] {
    const key = subscription.get(subscriptionId);
    if (key === null) return [];
    return [{ ...key, reason, count, oldestAt: iso(oldestAt), newestAt: iso(newestAt) }];
  }

  return async (customerId) => {
    const groups = new Map<string, Group>();
    for (let after: number | null = 0; after !== null; ) {
      const end: number | null = sliceEnd.get(customerId, after)?.id ?? null;
      for (const part of slice.all(customerId, after, end ?? Number.MAX_SAFE_INTEGER)) add(groups, part);
      after = end;
      if (after !== null) await new Promise<void>((resolve) => afterReadyIo(resolve));
    }
    const largest = [...groups.values()].sort((a, b) => b.count - a.count || b.newestAt - a.newestAt);
    return largest.slice(0, MAX_GROUPS).flatMap(shown);
  };
}

function add(groups: Map<string, Group>, part: Group): void {
  const key = `${part.subscriptionId} ${part.reason}`;
  const known = groups.get(key);
  if (known === undefined) {
    groups.set(key, part);
    return;
  }
  known.count += part.count;
  known.oldestAt = Math.min(known.oldestAt, part.oldestAt);
  known.newestAt = Math.max(known.newestAt, part.newestAt);
}
