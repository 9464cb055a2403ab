/** Work that is done once for all who wait for it, and called off when none of them waits any longer. */
export class SharedWork<T> {
  #underWay: { work: Promise<T>; waiting: number; stop: AbortController } | null = null;

  /** Starts the work, or waits for what has started. @throws the signal's reason once it is aborted */
  async join(signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const shared = this.#underWay ?? this.#start(start);
    const leaving = Promise.withResolvers<never>();
    const leave = () => leaving.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    shared.waiting += 1;
    try {
      return await Promise.race([shared.work, leaving.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      shared.waiting -= 1;
      if (shared.waiting === 0) this.#end(shared);
    }
  }

  #start(start: (signal: AbortSignal) => Promise<T>) {
    const stop = new AbortController();
    this.#underWay = { work: start(stop.signal), waiting: 0, stop };
    return this.#underWay;
  }

  #end(shared: { stop: AbortController }): void {
    if (this.#underWay === shared) this.#underWay = null;
    shared.stop.abort();
  }
}
