import { describeOutcome, type Outcome } from "./outcome.ts";
import { waitBefore } from "./retry-delays.ts";

/** Where a delivery may go from each state; the migration holds the same in its CHECKs. */
export const transitions = {
  pending: ["pending", "success", "failed", "cancelled"], // pending again: a retry is due
  success: [],
  failed: [], // a dead letter; replay makes a new delivery
  cancelled: [],
} as const;

/** What a delivery becomes after an attempt. */
export type Settlement =
  | { status: "success" }
  | { status: "pending"; dueAt: number }
  | { status: "failed"; reason: string };

/** Decides what an attempt's outcome means; `attempt` counts from 1, `now` is the end of the attempt in ms UTC. */
export function settle(
  outcome: Outcome,
  attempt: number,
  { delays, now }: { delays: readonly number[]; now: number },
): Settlement {
  if (outcome.kind === "accepted") return { status: "success" };
  const retryAfterMs = outcome.kind === "rejected" ? outcome.retryAfterMs : null;
  const wait = waitBefore(attempt, delays, retryAfterMs);
  if (wait === null) return { status: "failed", reason: describeOutcome(outcome) };
  return { status: "pending", dueAt: now + wait };
}
