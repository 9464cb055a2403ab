/**
 * Does a work for each item, a few at a time, and gives the results as they come. Where one fails, no further is
 * begun, those under way end, and its error is thrown.
 */
export async function* sideBySide<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting = [...items].entries();
  const underWay = new Map<number, Promise<{ at: number; result: R }>>();
  const begin = () => {
    const { done, value } = waiting.next();
    if (done) return;
    const [at, item] = value;
    underWay.set(
      at,
      work(item).then((result) => ({ at, result })),
    );
  };
  try {
    for (let free = limit; free > 0; free--) begin();
    while (underWay.size > 0) {
      const { at, result } = await Promise.race(underWay.values());
      underWay.delete(at);
      yield result;
      begin();
    }
  } finally {
    await Promise.allSettled(underWay.values());
  }
}
