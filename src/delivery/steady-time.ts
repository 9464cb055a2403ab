import type { Clock } from "../seams.ts";

/**
 * The time that waits are counted in: it follows the time of day forward and never goes back. Where the clock of the
 * machine is set back an hour, a retry that is due in five seconds is still made in five.
 */
export class SteadyTime {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  /** How far this is ahead of the monotonic clock, ms; it only grows, so nothing is lost to rounding. */
  #ahead: number;

  constructor(clock: Pick<Clock, "now" | "monotonic">) {
    this.#clock = clock;
    this.#ahead = clock.now() - clock.monotonic();
  }

  /** The last whole millisecond that has come, UTC, unless the clock was set back; then ahead of it. */
  now = (): number => Math.floor(this.#read());

  /** The first whole millisecond at which a wait that begins at this moment is over. */
  after = (waitMs: number): number => Math.ceil(this.#read() + waitMs);

  #read(): number {
    const timeOfDay = this.#clock.now(); // read first: a pause between the two must not count as time that has passed
    const monotonic = this.#clock.monotonic();
    this.#ahead = Math.max(this.#ahead, timeOfDay - monotonic);
    return monotonic + this.#ahead;
  }
}
