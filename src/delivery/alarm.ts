import type { Clock } from "../seams.ts";
import type { SteadyTime } from "./steady-time.ts";

/** The one timer of the dispatcher: it runs when the next delivery becomes due. */
export class Alarm {
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #time: Pick<SteadyTime, "now">;
  readonly #run: () => void;
  #set: { at: number; cancel: () => void } | null = null;

  constructor(parts: { clock: Pick<Clock, "setTimer">; time: Pick<SteadyTime, "now">; run: () => void }) {
    this.#clock = parts.clock;
    this.#time = parts.time;
    this.#run = parts.run;
  }

  /** Sets it to this instant, ms UTC, in place of the one before; null: to none. */
  set(at: number | null): void {
    if (at === (this.#set?.at ?? null)) return;
    this.#set?.cancel();
    this.#set = at === null ? null : { at, cancel: this.#setTimer(at) };
  }

  #setTimer(at: number): () => void {
    return this.#clock.setTimer(Math.max(0, at - this.#time.now()), () => {
      this.#set = null;
      this.#run();
    });
  }
}
