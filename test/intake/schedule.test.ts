import { describe, expect, test } from "bun:test";
import { DEFAULT_SCHEDULE, MAX_JITTER_MS, nextRunAt, scheduleMistake } from "../../src/intake/schedule.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

test.each([DEFAULT_SCHEDULE, "* * * * * *", "*/30 * * * * *", "0 3 * * 1-5", "0 0 29 2 *", "@hourly"])(
  "%p is a schedule",
  (schedule) => {
    expect(scheduleMistake(schedule, NOW)).toBeNull();
  },
);

test.each([
  "",
  "* * * *",
  "* * * * * * *",
  "60 * * * *",
  "every day",
  "? * * * *",
  "2027-01-01T00:00:00",
  "0 0 31 4 *",
  "0 0 1 1 *".padEnd(101),
])("%p is none", (schedule) => {
  expect(scheduleMistake(schedule, NOW)).toMatch(
    /^(must be a cron expression|names a time that never comes)/,
  );
});

describe("the next run", () => {
  const ids = Array.from({ length: 200 }, (_, n) => `connector-${n}`);

  test("of many connectors is spread over the minute after the schedule's time", () => {
    const delays = ids.map((id) => nextRunAt(DEFAULT_SCHEDULE, id, NOW) - NOW - 5 * MINUTE);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThan(MAX_JITTER_MS);
    for (let quarter = 0; quarter < 4; quarter++) {
      const count = delays.filter((delay) => Math.floor(delay / 15_000) === quarter).length;
      expect(count).toBeWithin(25, 80); // of 200
    }
  });

  test("of one connector comes in the schedule's own distance, each later than the one before", () => {
    for (const [schedule, gapMs] of [
      [DEFAULT_SCHEDULE, 5 * MINUTE],
      ["*/10 * * * * *", 10_000],
      ["* * * * * *", 1000],
    ] as const) {
      for (const id of ids.slice(0, 20)) {
        let at = nextRunAt(schedule, id, NOW);
        for (let runs = 0; runs < 20; runs++) {
          const next = nextRunAt(schedule, id, at + Math.floor(gapMs / 50)); // the run took a while
          expect(next).toBeGreaterThan(at);
          expect((next - at) % gapMs).toBe(0);
          expect(next - at).toBeLessThanOrEqual(2 * gapMs);
          at = next;
        }
      }
    }
  });

  test("is in UTC", () => {
    const at = nextRunAt("0 3 * * *", "a", NOW);
    expect(at - Date.UTC(2026, 0, 1, 3)).toBeWithin(0, MAX_JITTER_MS);
  });
});
