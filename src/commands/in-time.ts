import { untilAborted } from "../intake/until-aborted.ts";
import type { Clock } from "../seams.ts";

/** A command is answered within this, ms. */
export const ANSWER_WITHIN_MS = 85_000;

/** Ends a command that has used up the time in which it must be answered. */
export class OutOfTime extends Error {
  override name = "OutOfTime";
}

/** Ends a command because the hub stops. */
export class Stopped extends Error {
  override name = "Stopped";
}

/** What a work comes to, if it ends in time and before the hub stops. @throws OutOfTime, Stopped */
export async function inTime<T>(
  { clock, stopping }: { clock: Clock; stopping: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const stop = () => ending.abort(new Stopped());
  if (stopping.aborted) stop();
  stopping.addEventListener("abort", stop, { once: true });
  const cancel = clock.setTimer(ANSWER_WITHIN_MS, () => ending.abort(new OutOfTime()));
  try {
    return await untilAborted(() => work(ending.signal), ending.signal);
  } finally {
    cancel();
    stopping.removeEventListener("abort", stop);
  }
}
