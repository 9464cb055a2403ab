/** Before the first try again at most this, doubled with each failure; chance takes any part of it. */
const FIRST_BACKOFF_MS = 30_000;
const LONGEST_BACKOFF_MS = 3_600_000;

/** The shortest wait, ms. */
const SHORTEST_WAIT_MS = 1000;

/** The longest pause that an upstream may ask for, ms: a day's quota, and an hour for clocks that differ. */
const LONGEST_PAUSE_MS = 25 * 3_600_000;

/** A failed try, as far as the next one depends on it. */
export interface FailedTry {
  code: string;
  /** No waiting mends it. */
  isConfiguration: boolean;
  /** Not before this, as the upstream asks, ms UTC. */
  retryAt: number | null;
}

/** What stood before it. */
export interface TriesBefore {
  /** Failed ones since the last success or new settings. */
  failures: number;
  lastErrorCode: string | null;
}

/**
 * When a connector is tried again by itself; null: not before a person polls by hand or changes its settings. Bad
 * credentials are believed the second time in a row: upstreams refuse good ones for a moment, too.
 */
export function nextTryAt(
  failed: FailedTry,
  before: TriesBefore,
  { now, chance }: { now: number; chance: number },
): number | null {
  const isFirstRefusal =
    failed.code === "bad_credentials" && !(before.failures > 0 && before.lastErrorCode === "bad_credentials");
  if (failed.isConfiguration && !isFirstRefusal) return null;
  const backoffMs = chance * Math.min(FIRST_BACKOFF_MS * 2 ** before.failures, LONGEST_BACKOFF_MS);
  const earliest = Math.min(Math.max(failed.retryAt ?? now, now), now + LONGEST_PAUSE_MS);
  return earliest + Math.max(SHORTEST_WAIT_MS, Math.round(backoffMs));
}
