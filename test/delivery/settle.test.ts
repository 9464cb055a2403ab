import { describe, expect, test } from "bun:test";
import { describeOutcome, type Outcome } from "../../src/delivery/outcome.ts";
import { MAX_RETRY_AFTER_MS, receiversWait, waitBefore } from "../../src/delivery/retry-delays.ts";
import { settle } from "../../src/delivery/settle.ts";

const DELAYS = [0, 5000, 30_000];
const NOW = 1_000_000;

const accepted: Outcome = { kind: "accepted", status: 204 };
const refused: Outcome = { kind: "unreachable", reason: "refused", detail: "connection refused" };
const rejected = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: "rejected",
  status,
  statusText: "Some Text",
  retryAfterMs,
});

describe("settling an attempt", () => {
  const table: [string, Outcome, number, ReturnType<typeof settle>][] = [
    ["an accepted first attempt is a success", accepted, 1, { status: "success" }],
    ["an accepted last attempt is a success", accepted, 3, { status: "success" }],
    ["a first failure is due again after 5 s", rejected(500), 1, { status: "pending", dueAt: NOW + 5000 }],
    ["a second failure is due again after 30 s", refused, 2, { status: "pending", dueAt: NOW + 30_000 }],
    [
      "a third failure is a dead letter",
      rejected(500),
      3,
      { status: "failed", reason: "HTTP 500: Some Text" },
    ],
    ["no connection is told as such", refused, 3, { status: "failed", reason: "connection refused" }],
    ["a redirect is a failure", rejected(302), 1, { status: "pending", dueAt: NOW + 5000 }],
    ["Retry-After lengthens a wait", rejected(503, 60_000), 1, { status: "pending", dueAt: NOW + 60_000 }],
    ["Retry-After never shortens a wait", rejected(429, 1000), 2, { status: "pending", dueAt: NOW + 30_000 }],
    [
      "Retry-After adds no attempt",
      rejected(503, 1000),
      3,
      { status: "failed", reason: "HTTP 503: Some Text" },
    ],
  ];
  for (const [name, outcome, attempt, expected] of table) {
    test(name, () => expect(settle(outcome, attempt, { delays: DELAYS, now: NOW })).toEqual(expected));
  }
});

test("the waits are those of the list, then there are none", () => {
  expect([0, 1, 2, 3].map((made) => waitBefore(made, DELAYS, null))).toEqual([0, 5000, 30_000, null]);
});

test("an answer without a reason phrase is told by its number", () => {
  expect(describeOutcome({ kind: "rejected", status: 599, statusText: "", retryAfterMs: null })).toBe(
    "HTTP 599",
  );
});

describe("reading Retry-After", () => {
  const now = Date.UTC(2026, 0, 1);
  const table: [number, string | null, number | null][] = [
    [503, "120", 120_000],
    [429, " 7 ", 7000],
    [429, "Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    [503, "Wed, 31 Dec 2025 23:00:00 GMT", 0],
    [503, "999999", MAX_RETRY_AFTER_MS],
    [500, "120", null],
    [301, "120", null],
    [503, null, null],
    [503, "soon", null],
    [503, "-5", null],
    [503, "", null],
  ];
  for (const [status, header, expected] of table) {
    test(`${status} with ${header}`, () => expect(receiversWait(status, header, now)).toBe(expected));
  }
});
