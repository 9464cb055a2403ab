/** A receiver may lengthen a wait by Retry-After, but by no more than this. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** Answers whose Retry-After is heeded. */
const STATUSES_THAT_MAY_DELAY = [429, 503];

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): seconds or an HTTP date.
 * Null when there is none, it is unreadable, or the status gives it no meaning here.
 */
export function readRetryAfter(status: number, header: string | null, now: number): number | null {
  if (header === null || !STATUSES_THAT_MAY_DELAY.includes(status)) return null;
  const text = header.trim();
  const waitMs = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
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

/** No wait is longer than this, ms: what is due later was written by a clock that was wrong. */
export const longestWait = (delays: readonly number[]): number => Math.max(MAX_RETRY_AFTER_MS, ...delays);

/** Not a number unless it is a date as HTTP writes it; Date.parse alone would read a year into almost anything. */
const httpDate = (text: string): number =>
  /^[A-Z][a-z]{2,8},? .* GMT$/.test(text) ? Date.parse(text) : Number.NaN;
