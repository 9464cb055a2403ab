/** What the work comes to, or the signal's reason as soon as it is aborted, even where the work itself goes on. */
export async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  work().then(resolve, reject);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The same for things that are made one after another. */
export async function* eachUntilAborted<T>(made: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = made[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await untilAborted(() => iterator.next(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    iterator.return?.().catch(() => {}); // not waited for: it may hang in what was to be ended
  }
}
