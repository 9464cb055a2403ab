import { expect, test } from "bun:test";
import { SteadyTime } from "../../src/delivery/steady-time.ts";

test("steady time follows the clock forward, and goes on where the clock is set back", () => {
  const clock = { wall: 1_000_000, up: 0, now: () => clock.wall, monotonic: () => clock.up };
  const time = new SteadyTime(clock);
  const pass = (ms: number) => {
    clock.wall += ms;
    clock.up += ms;
  };
  pass(500);
  expect(time.now()).toBe(1_000_500);
  clock.wall += 3_600_000;
  expect(time.now()).toBe(4_600_500);
  clock.wall -= 7_200_000;
  pass(250);
  expect(time.now()).toBe(4_600_750);
});
