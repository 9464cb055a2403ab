/** The wait from a burial to the first probe, ms. */
export const FIRST_PROBE_MS = 30_000;

/** The wait between probes doubles up to this, ms. */
export const LONGEST_WAIT_MS = 600_000;

/** Steps of the draining are at least this far apart, ms. */
export const STEP_MS = 1000;

/** Dead letters replayed in one step at most: few enough for one short commit. */
export const LARGEST_STEP = 256;

/** A subscription that always has a few pending is not held up by them. */
const ALWAYS_PENDING = 16;

/** The next wait and the instant of the next probe, after one was buried. */
export function afterProbe(waitMs: number, at: number): [waitMs: number, nextAt: number] {
  const doubled = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  return [doubled, at + doubled];
}

/** The same after a receiver that was back has failed again. */
export function afterBurial(at: number): [waitMs: number, nextAt: number] {
  return [FIRST_PROBE_MS, at + FIRST_PROBE_MS];
}

/** How many to replay next: twice the last step once most of that is delivered, none before. */
export function nextStep(last: number, pending: number): number {
  if (pending > Math.max(ALWAYS_PENDING, last / 2)) return 0;
  return Math.min(Math.max(1, 2 * last), LARGEST_STEP);
}
