import type { Clock } from "../seams.ts";

/**
 * The time that waits are counted in: it follows the time of day forward and never goes back. Where the clock of the
 * machine is set back an hour, a retry that is due in five seconds is still made in five.
 */
export class SteadyTime {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  #now: number;
  #readAt: number;

  constructor(clock: Pick<Clock, "now" | "monotonic">) {
    this.#clock = clock;
    this.#now = clock.now();
    this.#readAt = clock.monotonic();
  }

  /** Milliseconds UTC, unless the clock was set back; then ahead of it. */
  now = (): number => {
    const readAt = this.#clock.monotonic();
    this.#now = Math.max(this.#clock.now(), Math.round(this.#now + readAt - this.#readAt));
    this.#readAt = readAt;
    return this.#now;
  };
}
