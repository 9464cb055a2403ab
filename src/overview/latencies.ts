/** How many lengths of time fell into which bin. */
export type Latencies = Map<number, number>;

/** Bins are a factor of 2^(1/8) wide: what is told of a length lies within 5 % of the truth. */
const BINS_PER_DOUBLING = 8;

/** Up to 2^28 ms, three days; what takes longer counts as that. */
const LAST_BIN = 28 * BINS_PER_DOUBLING;

/** Counts one length, ms. */
export function addLatency(latencies: Latencies, ms: number): void {
  const bin = binOf(ms);
  latencies.set(bin, (latencies.get(bin) ?? 0) + 1);
}

/** Adds all of `more`. */
export function addLatencies(
  latencies: Latencies,
  more: Iterable<readonly [bin: number, count: number]>,
): void {
  for (const [bin, count] of more) latencies.set(bin, (latencies.get(bin) ?? 0) + count);
}

/** The length that this share of all is at most, ms; null when there are none. */
export function quantile(latencies: Latencies, share: number): number | null {
  const bins = [...latencies].sort(([a], [b]) => a - b);
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bin, count] of bins) {
    seen += count;
    if (seen >= share * total) return lengthOf(bin);
  }
  return null;
}

/** Bin 0 is for what took no millisecond. */
function binOf(ms: number): number {
  return ms < 1 ? 0 : Math.min(LAST_BIN, 1 + Math.floor(BINS_PER_DOUBLING * Math.log2(ms)));
}

/** The middle of a bin, ms. */
function lengthOf(bin: number): number {
  return bin === 0 ? 0 : Math.round(2 ** ((bin - 0.5) / BINS_PER_DOUBLING));
}
