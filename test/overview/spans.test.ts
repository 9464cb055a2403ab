import { expect, test } from "bun:test";
import { addLatency, type Latencies, quantile } from "../../src/overview/latencies.ts";
import { emptyMinute, type Minute } from "../../src/overview/minutes.ts";
import { DAY, HOUR, spanOf } from "../../src/overview/spans.ts";

const latenciesOf = (lengths: number[]): Latencies => {
  const latencies: Latencies = new Map();
  for (const ms of lengths) addLatency(latencies, ms);
  return latencies;
};

test("quantiles lie within 5 % of the truth, up to a day", () => {
  for (let ms = 1; ms < 86_400_000; ms = Math.ceil(ms * 1.07)) {
    const told = quantile(latenciesOf([ms]), 0.5) ?? 0;
    expect(Math.abs(told - ms)).toBeLessThanOrEqual(0.5 + 0.045 * ms);
  }
  expect(quantile(latenciesOf([0, 0, 0]), 0.99)).toBe(0);
  expect(quantile(new Map(), 0.5)).toBeNull();
});

test("p50 and p99 are what half and 99 of a hundred stay within", () => {
  const lengths = [...Array(98).fill(10), 400, 9000];
  const latencies = latenciesOf(lengths);
  expect(quantile(latencies, 0.5)).toBeCloseTo(10, -1);
  expect(quantile(latencies, 0.99) ?? 0).toBeWithin(380, 420);
  expect(quantile(latencies, 1) ?? 0).toBeWithin(8550, 9450);
});

const NOW = Date.UTC(2026, 0, 2, 10, 7, 30);
const at = (minutesAgo: number) => Math.floor(NOW / 60_000) * 60_000 - minutesAgo * 60_000;

const minute = (minutesAgo: number, counts: Partial<Minute>): Minute => ({
  ...emptyMinute(at(minutesAgo)),
  ...counts,
});

test("an hour has 60 minutes and ends with the present one, a day 96 quarters", () => {
  const hour = spanOf([], HOUR, NOW);
  expect(hour.buckets).toHaveLength(60);
  expect(hour.buckets[0]?.at).toBe("2026-01-02T09:08:00.000Z");
  expect(hour.buckets[59]?.at).toBe("2026-01-02T10:07:00.000Z");
  const day = spanOf([], DAY, NOW);
  expect(day.buckets).toHaveLength(96);
  expect(day.buckets[0]?.at).toBe("2026-01-01T10:15:00.000Z");
  expect(day.buckets[95]?.at).toBe("2026-01-02T10:00:00.000Z");
});

test("minutes are summed where they belong, also in parts, and those outside are left out", () => {
  const minutes = [
    minute(0, { eventsIn: 2, delivered: 1, latencies: latenciesOf([20]) }),
    minute(0, { eventsIn: 1, failed: 1 }),
    minute(59, { delivered: 3, latencies: latenciesOf([20, 20, 20]) }),
    minute(60, { delivered: 100, latencies: latenciesOf([5000]) }),
    minute(24 * 60, { eventsIn: 1000 }),
    minute(-1, { eventsIn: 1000 }), // the clock was set back
  ];
  const hour = spanOf(minutes, HOUR, NOW);
  expect(hour).toMatchObject({ eventsIn: 3, delivered: 4, failed: 1, successShare: 0.8 });
  expect(hour.buckets[59]).toMatchObject({ eventsIn: 3, delivered: 1, failed: 1 });
  expect(hour.buckets[0]).toMatchObject({ delivered: 3 });
  expect(hour.latencyMs.p99 ?? 0).toBeWithin(19, 22);
  const day = spanOf(minutes, DAY, NOW);
  expect(day).toMatchObject({ delivered: 104, failed: 1 });
  expect(day.buckets[95]).toMatchObject({ eventsIn: 3 + 1000, delivered: 1 });
  expect(day.buckets[91]).toMatchObject({ delivered: 103 });
});

test("where nothing ended there is neither a share nor a latency", () => {
  const nothing = { successShare: null, latencyMs: { p50: null, p99: null } };
  expect(spanOf([minute(3, { eventsIn: 5 })], HOUR, NOW)).toMatchObject(nothing);
  expect(spanOf([minute(3, { failed: 5 })], HOUR, NOW)).toMatchObject({ ...nothing, successShare: 0 });
});
