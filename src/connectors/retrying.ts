import { readRetryAfter } from "../http-dates.ts";
import type { ConnectionParts, Upstream, UpstreamAnswer, UpstreamCall } from "./connector.ts";
import { UpstreamError } from "./upstream-error.ts";

/** How often a GET is sent in all. */
export const MAX_TRIES = 5;

/** Before the second try at most this, doubled before each further one; chance takes any part of it. */
const FIRST_BACKOFF_MS = 1000;

/** The longest wait within a run, by backoff or as the upstream asks; who must wait longer comes back another time. */
export const LONGEST_WAIT_MS = 60_000;

/** No `Retry-After` puts the next run off for longer than this, ms. */
export const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** A status that may be gone at the next try; 596 is a gateway's word for a path it does not know. */
export const isTemporaryStatus = (status: number): boolean =>
  status === 429 || (status >= 500 && status < 600 && status !== 501 && status !== 596);

/**
 * Sends a GET until it is answered for good, five times at most, with exponential backoff, full jitter and the
 * upstream's own `Retry-After`. What is temporary still at the last try, or asks for a long wait, is answered as it
 * came. @throws UpstreamError as `exchange` does; the signal's reason once it is aborted
 */
export async function getRetrying(
  { upstream, clock, random }: Pick<ConnectionParts<unknown>, "upstream" | "clock" | "random">,
  call: Omit<UpstreamCall, "method" | "body">,
  isTemporary: (answer: UpstreamAnswer) => boolean = ({ status }) => isTemporaryStatus(status),
): Promise<UpstreamAnswer> {
  for (let tries = 1; ; tries++) {
    const result = await oneTry(upstream, call);
    const isDone = result instanceof UpstreamError ? !isLost(result) : !isTemporary(result);
    const waitMs = waitAfter(result, tries, { now: clock.now(), chance: random() });
    if (isDone || tries >= MAX_TRIES || waitMs > LONGEST_WAIT_MS) {
      if (result instanceof UpstreamError) throw result;
      return result;
    }
    await clock.sleep(waitMs, call.signal);
    call.signal.throwIfAborted();
  }
}

/** Not before when the upstream is to be asked again, by its `Retry-After`, ms UTC; null: it does not say. */
export function retryAtOf({ headers, date }: UpstreamAnswer, now: number): number | null {
  // Its date counts from its own clock, which may be minutes off.
  const waitMs = readRetryAfter(headers.get("retry-after"), date ?? now);
  return waitMs === null ? null : now + Math.min(waitMs, LONGEST_RETRY_AFTER_MS);
}

async function oneTry(upstream: Upstream, call: UpstreamCall): Promise<UpstreamAnswer | UpstreamError> {
  try {
    return await upstream.exchange(call);
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}

/** Whether it was the network; anything else is the same each time. */
const isLost = ({ fault }: UpstreamError) => fault === "unreachable" || fault === "timeout";

function waitAfter(
  result: UpstreamAnswer | UpstreamError,
  tries: number,
  { now, chance }: { now: number; chance: number },
): number {
  const backoffMs = Math.round(Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * chance);
  if (result instanceof UpstreamError) return backoffMs;
  return Math.max(backoffMs, (retryAtOf(result, now) ?? now) - now);
}
