import type { Clock } from "../../src/seams.ts";

interface Timer {
  at: number;
  run: () => void;
}

/** A clock that stands still until it is told to move. */
export class TestClock implements Clock {
  #now: number;
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
    this.#startedAt = start;
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#now - this.#startedAt;

  setTimer = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#now + Math.max(0, delayMs), run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  sleep = (delayMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = this.setTimer(delayMs, resolve);
      signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });

  /** When the next timer fires; null when none is set. */
  get nextTimerAt(): number | null {
    let next: number | null = null;
    for (const { at } of this.#timers) if (next === null || at < next) next = at;
    return next;
  }

  /** Moves on, firing each timer at its time. */
  advance(ms: number): void {
    this.moveTo(this.#now + ms);
  }

  moveTo(instant: number): void {
    for (let next = this.#earliest(); next !== undefined && next.at <= instant; next = this.#earliest()) {
      this.#now = Math.max(this.#now, next.at);
      this.#timers.delete(next);
      next.run();
    }
    this.#now = Math.max(this.#now, instant);
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) if (earliest === undefined || timer.at < earliest.at) earliest = timer;
    return earliest;
  }
}
