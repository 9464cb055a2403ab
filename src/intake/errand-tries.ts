import { LONGEST_RETRY_AFTER_MS } from "../connectors/retrying.ts";
import type { FailedRun } from "./failed-run.ts";

/** Before the second try at most this, doubled with each failure; chance takes up to half of it. */
const FIRST_BACKOFF_MS = 5000;
const LONGEST_BACKOFF_MS = 3_600_000;

/** An errand that keeps failing is given up when this time has passed since it was asked for, ms: a week. */
const GIVE_UP_AFTER_MS = 7 * 86_400_000;

/** Failures that waiting mends seldom: the record is not there yet, or never will be. */
const SELDOM_MENDED = ["refused", "malformed", "too_large", "blocked", "foreign_link", "internal_error"];

/** How often one that fails so is tried in all. */
const FEW_TRIES = 6;

/** When a failed errand is tried again, ms UTC; null: it is given up. `tries`: failures before this one. */
export function nextErrandTryAt(
  { code, retryAt }: Pick<FailedRun, "code" | "retryAt">,
  { tries, askedAt }: { tries: number; askedAt: number },
  { now, chance }: { now: number; chance: number },
): number | null {
  if (SELDOM_MENDED.includes(code) && tries + 1 >= FEW_TRIES) return null;
  if (now - askedAt >= GIVE_UP_AFTER_MS) return null;
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** tries, LONGEST_BACKOFF_MS) * (0.5 + chance / 2);
  const earliest = Math.min(Math.max(retryAt ?? now, now), now + LONGEST_RETRY_AFTER_MS);
  return earliest + Math.round(backoffMs);
}
