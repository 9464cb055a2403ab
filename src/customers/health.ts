import type { Database } from "bun:sqlite";

/** How a subscription's receiver fares; instants in ms UTC. */
export interface Health {
  /** The first failed attempt since the last success; null: healthy. */
  failingSince: number | null;
  lastSuccessAt: number | null;
  /** Attempts that failed since the last success. */
  consecutiveFailures: number;
}

/** A subscription that was never tried is healthy. */
export const UNTRIED: Health = { failingSince: null, lastSuccessAt: null, consecutiveFailures: 0 };

/** A success is written when the one on disk is older than this, ms: health must not cost a write for each delivery. */
const SUCCESS_WRITE_MS = 1000;

/** What an attempt that ended at this instant makes of a health. */
export function healthAfter(before: Health, succeeded: boolean, at: number): Health {
  if (succeeded) return { failingSince: null, lastSuccessAt: at, consecutiveFailures: 0 };
  return {
    failingSince: before.failingSince ?? at,
    lastSuccessAt: before.lastSuccessAt,
    consecutiveFailures: before.consecutiveFailures + 1,
  };
}

/** The health of all subscriptions. */
export interface HealthRecord {
  of(subscriptionId: number): Health;
  /** Inside a transaction: an attempt has ended. */
  note(subscriptionId: number, succeeded: boolean, at: number): void;
  /** Inside a transaction: the subscription begins anew. */
  forget(subscriptionId: number): void;
  /** What was noted in a transaction that was undone is read from disk again. */
  rolledBack(): void;
}

interface Kept {
  health: Health;
  /** As it stands on disk. */
  written: Health;
}

/** Subscriptions kept in memory, some 200 bytes each. */
const MAX_CACHED = 20_000;

/** Opens the record; it is exact in memory, and on disk at most a second behind on successes. */
export function openHealth(sqlite: Database): HealthRecord {
  const read = sqlite.prepare<Health, [number]>(
    `SELECT failing_since AS failingSince, last_success_at AS lastSuccessAt,
       consecutive_failures AS consecutiveFailures FROM subscription_health WHERE subscription_id = ?`,
  );
  const write = sqlite.prepare(
    `INSERT INTO subscription_health (subscription_id, failing_since, last_success_at, consecutive_failures)
     VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET failing_since = excluded.failing_since,
       last_success_at = excluded.last_success_at, consecutive_failures = excluded.consecutive_failures`,
  );
  const remove = sqlite.prepare("DELETE FROM subscription_health WHERE subscription_id = ?");
  const cache = new Map<number, Kept>();

  function keptOf(subscriptionId: number): Kept {
    const known = cache.get(subscriptionId);
    if (known !== undefined) return known;
    if (cache.size >= MAX_CACHED) cache.clear();
    const health = read.get(subscriptionId) ?? UNTRIED;
    const kept = { health, written: health };
    cache.set(subscriptionId, kept);
    return kept;
  }

  return {
    of: (subscriptionId) => keptOf(subscriptionId).health,
    note(subscriptionId, succeeded, at) {
      const kept = keptOf(subscriptionId);
      const health = healthAfter(kept.health, succeeded, at);
      kept.health = health;
      if (!mustBeWritten(health, kept.written)) return;
      kept.written = health;
      write.run(subscriptionId, health.failingSince, health.lastSuccessAt, health.consecutiveFailures);
    },
    forget(subscriptionId) {
      remove.run(subscriptionId);
      cache.delete(subscriptionId);
    },
    rolledBack: () => cache.clear(),
  };
}

function mustBeWritten(health: Health, written: Health): boolean {
  if (health.consecutiveFailures > 0 || written.consecutiveFailures > 0) return true;
  const sinceMs = (health.lastSuccessAt ?? 0) - (written.lastSuccessAt ?? Number.NEGATIVE_INFINITY);
  return Math.abs(sinceMs) >= SUCCESS_WRITE_MS;
}
