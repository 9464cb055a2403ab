import { addLatencies, type Latencies, quantile } from "./latencies.ts";
import type { Minute } from "./minutes.ts";

/** What happened in one stretch of a curve. */
export interface Bucket {
  /** Its beginning. */
  at: string;
  eventsIn: number;
  delivered: number;
  failed: number;
}

/** What happened in an hour or a day; the last bucket is the one that time stands in. */
export interface Span {
  buckets: Bucket[];
  eventsIn: number;
  delivered: number;
  /** Deliveries that became dead letters. */
  failed: number;
  /** Of what was delivered or failed, the part that was delivered; null when nothing was. */
  successShare: number | null;
  /** From acceptance to delivery at the first attempt, within 5 %; null when there was none. */
  latencyMs: { p50: number | null; p99: number | null };
}

/** How a span is divided: into so many buckets of this length, ms, which must divide an hour. */
export interface Division {
  count: number;
  bucketMs: number;
}

/** An hour in minutes, and a day in quarters of an hour. */
export const HOUR: Division = { count: 60, bucketMs: 60_000 };
export const DAY: Division = { count: 96, bucketMs: 900_000 };

/** The instant at which a span that ends now begins, ms UTC. */
export function beginningOf({ count, bucketMs }: Division, now: number): number {
  return (Math.floor(now / bucketMs) - count + 1) * bucketMs;
}

/** Sums up minutes, in any order and any number of parts; those outside the span are left out. */
export function spanOf(minutes: Iterable<Minute>, division: Division, now: number): Span {
  const { count, bucketMs } = division;
  const beginning = beginningOf(division, now);
  const buckets = Array.from({ length: count }, (_, n): Bucket => {
    const at = new Date(beginning + n * bucketMs).toISOString();
    return { at, eventsIn: 0, delivered: 0, failed: 0 };
  });
  const latencies: Latencies = new Map();
  for (const minute of minutes) {
    const bucket = buckets[Math.floor((minute.at - beginning) / bucketMs)];
    if (bucket === undefined) continue;
    bucket.eventsIn += minute.eventsIn;
    bucket.delivered += minute.delivered;
    bucket.failed += minute.failed;
    addLatencies(latencies, minute.latencies);
  }
  return {
    buckets,
    ...sumOf(buckets),
    latencyMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
  };
}

function sumOf(buckets: readonly Bucket[]) {
  const sum = { eventsIn: 0, delivered: 0, failed: 0 };
  for (const { eventsIn, delivered, failed } of buckets) {
    sum.eventsIn += eventsIn;
    sum.delivered += delivered;
    sum.failed += failed;
  }
  const ended = sum.delivered + sum.failed;
  return { ...sum, successShare: ended === 0 ? null : sum.delivered / ended };
}
