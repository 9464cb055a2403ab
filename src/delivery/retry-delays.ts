import { readRetryAfter } from "../http-dates.ts";

/** A receiver may lengthen a wait by Retry-After, but by no more than this. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** Answers whose Retry-After is heeded. */
const STATUSES_THAT_MAY_DELAY = [429, 503];

/** The wait that a receiver asks for, ms; null when it asks for none or the status gives the header no meaning here. */
export function receiversWait(status: number, header: string | null, now: number): number | null {
  if (!STATUSES_THAT_MAY_DELAY.includes(status)) return null;
  const waitMs = readRetryAfter(header, now);
  return waitMs === null ? null : Math.min(waitMs, MAX_RETRY_AFTER_MS);
}

/**
 * The wait before an attempt, in ms from the end of the one before; null when there are no more attempts.
 * `made` counts the attempts made so far, so `delays[0]` is the wait before the first.
 */
export function waitBefore(
  made: number,
  delays: readonly number[],
  retryAfterMs: number | null,
): number | null {
  const delay = delays[made];
  if (delay === undefined) return null;
  return Math.max(delay, retryAfterMs ?? 0);
}

/** The latest that anything can be due, without and with a receiver's Retry-After, ms UTC. */
export function latestDue(now: number, delays: readonly number[]) {
  const latest = now + Math.max(...delays);
  return { now, latest, latestAsked: Math.max(latest, now + MAX_RETRY_AFTER_MS) };
}
