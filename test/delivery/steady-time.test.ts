import { expect, test } from "bun:test";
import { SteadyTime } from "../../src/delivery/steady-time.ts";

const START = 1_000_000;

/** A clock whose time of day can be set, and is told in whole milliseconds, as the system's is. */
function givenClock() {
  const clock = { wall: START, up: 0, now: () => Math.floor(clock.wall), monotonic: () => clock.up };
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.up += ms;
  };
  return { clock, pass, time: new SteadyTime(clock) };
}

test("steady time follows the clock forward, and goes on where the clock is set back", () => {
  const { clock, pass, time } = givenClock();
  pass(500);
  expect(time.now()).toBe(START + 500);
  clock.wall += 3_600_000;
  expect(time.now()).toBe(START + 3_600_500);
  clock.wall -= 7_200_000;
  pass(250);
  expect(time.now()).toBe(START + 3_600_750);
});

test.each([0.125, 0.375, 0.625, 0.875, 1.375])(
  "read every %p ms, steady time runs no faster than time",
  (stepMs) => {
    const { clock, pass, time } = givenClock();
    for (let n = 0; n < 10_000; n++) {
      pass(stepMs);
      const since = time.now() - START;
      expect(since).toBeLessThanOrEqual(clock.up);
      expect(since).toBeGreaterThan(clock.up - 2); // both are told in whole milliseconds
    }
  },
);

test("a wait that begins between two milliseconds is not over before its time", () => {
  const { clock, pass, time } = givenClock();
  pass(0.75);
  const dueAt = time.after(300);
  expect(Number.isInteger(dueAt)).toBe(true);
  const beganAt = clock.up;
  while (time.now() < dueAt) pass(0.0625);
  expect(clock.up - beganAt).toBeGreaterThanOrEqual(300);
  expect(clock.up - beganAt).toBeLessThan(302);
});
