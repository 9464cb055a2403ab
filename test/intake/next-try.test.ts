import { expect, test } from "bun:test";
import { type FailedTry, nextTryAt, type TriesBefore } from "../../src/intake/next-try.ts";

const now = Date.UTC(2026, 0, 1);
const failed = (given: Partial<FailedTry> = {}): FailedTry => ({
  code: "server_error",
  isConfiguration: false,
  retryAt: null,
  ...given,
});
const before = (failures: number, lastErrorCode: string | null = null): TriesBefore => ({
  failures,
  lastErrorCode,
});
const refused = failed({ code: "bad_credentials", isConfiguration: true });
const HOUR = 3_600_000;

test.each<[what: string, failed: FailedTry, before: TriesBefore, chance: number, waitMs: number | null]>([
  ["the first failure waits up to 30 s", failed(), before(0), 0.999_999, 30_000],
  ["of which chance takes any part", failed(), before(0), 0.5, 15_000],
  ["but a second at least", failed(), before(0), 0, 1000],
  ["each failure doubles it", failed(), before(3), 0.5, 120_000],
  ["up to an hour", failed(), before(40), 0.5, HOUR / 2],
  [
    "a time that the upstream names comes first",
    failed({ retryAt: now + HOUR }),
    before(0),
    0.5,
    HOUR + 15_000,
  ],
  ["one that has passed does not count", failed({ retryAt: now - HOUR }), before(0), 0.5, 15_000],
  ["nor one that is days away", failed({ retryAt: now + 90 * 24 * HOUR }), before(0), 0, 25 * HOUR + 1000],
  [
    "a wrong address waits for a person",
    failed({ code: "blocked", isConfiguration: true }),
    before(0),
    0.5,
    null,
  ],
  ["refused credentials are tried once more", refused, before(0), 0.5, 15_000],
  ["also after other failures", refused, before(2, "timeout"), 0.5, 60_000],
  ["refused twice in a row, they wait for a person", refused, before(1, "bad_credentials"), 0.5, null],
  ["not where a success lies between", refused, before(0, "bad_credentials"), 0.5, 15_000],
])("%s", (_, failed, before, chance, waitMs) => {
  expect(nextTryAt(failed, before, { now, chance })).toBe(waitMs === null ? null : now + waitMs);
});
