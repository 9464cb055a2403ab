/** Why no complete answer came. */
export type UnreachableReason = "timeout" | "dns" | "refused" | "tls" | "reset" | "network" | "blocked";

/** What became of one attempt. The receiver's failure is data; only our own bug throws. */
export type Outcome =
  | { kind: "accepted"; status: number }
  | { kind: "rejected"; status: number; statusText: string; retryAfterMs: number | null }
  | { kind: "unreachable"; reason: UnreachableReason; detail: string };

/** One line on a failure for people, such as `HTTP 500: Internal Server Error` or `timeout after 10 s`. */
export function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === "unreachable") return outcome.detail;
  const text = outcome.kind === "rejected" ? outcome.statusText : "";
  return text ? `HTTP ${outcome.status}: ${text}` : `HTTP ${outcome.status}`;
}

/** The one word an attempt is recorded under: `accepted`, `rejected`, or why it was unreachable. */
export function outcomeWord(outcome: Outcome): string {
  return outcome.kind === "unreachable" ? outcome.reason : outcome.kind;
}
