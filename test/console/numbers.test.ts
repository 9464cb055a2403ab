import { expect, test } from "bun:test";
import fc from "fast-check";
import { count, duration, percent, size } from "../../src/console/parts/numbers.ts";

test("counts are written as English has them", () => {
  const english = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });
  fc.assert(fc.property(fc.maxSafeNat(), (value) => expect(count(value)).toBe(english.format(value))));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999_999 }), (value) =>
      expect(count(value / 1000)).toBe(english.format(value / 1000)),
    ),
  );
});

test.each([
  [1, "100%"],
  [0.9999, "99.9%"],
  [0.9846, "98.5%"],
  [0.5, "50%"],
  [0, "0%"],
])("the share %p is told as %p, and never as all where something failed", (share, told) => {
  expect(percent(share)).toBe(told);
});

test.each([
  [duration(0.44), "0.4 ms"],
  [duration(41.3), "41 ms"],
  [duration(999.6), "1,000 ms"],
  [duration(1_250), "1.25 s"],
  [duration(61_000), "1 min"],
  [duration(5_400_000), "1.5 h"],
  [size(812), "812 B"],
  [size(1_229), "1.2 KiB"],
  [size(1_023 * 1024), "1,020 KiB"],
  [size(3 * 1024 * 1024), "3 MiB"],
])("a length or size is told with the digits that a person reads: %p", (told, expected) => {
  expect(told).toBe(expected);
});
