import { CallError } from "../api/client.ts";
import type { Tone } from "../parts/badge.tsx";
import type { Command } from "./commands.ts";
import type { Offer } from "./offers.ts";

/** What a command came to, or is at. */
export type OutcomeName = Command["outcome"];

/** An outcome in one word's colour. */
export const OUTCOME_TONES: Record<OutcomeName, Tone> = {
  running: "info",
  done: "good",
  refused: "bad",
  "not-done": "bad",
  unknown: "wait",
};

/** What each outcome that is not a success means, and what to do then. */
export const OUTCOME_WORDS: Record<Exclude<OutcomeName, "done">, string> = {
  running: "It is under way.",
  refused: "Nothing was changed.",
  "not-done": "Nothing was changed; it may be sent again.",
  unknown:
    "It is not known whether it was done: the answer was lost. Do not do it by another way now. The hub goes on looking by itself, and the list of commands will tell.",
};

/** What a person is told of a call that did not end well. */
export interface Unwell {
  outcome: Exclude<OutcomeName, "done">;
  /** What it means, and what to do. */
  words: string;
  /** Why, as the hub says it. */
  detail: string;
  /** The state that was found, and the upstream's own words. */
  facts: [name: string, value: string][];
}

/** What came of a call that was answered with an error; null: the input is to be corrected, and nothing was sent. */
export function unwellOf(error: Error, { isQuestion = false }: Pick<Offer, "isQuestion">): Unwell | null {
  if (!(error instanceof CallError)) return unwell("not-done", error.message);
  const { status, code, message, problem, errors } = error;
  if (errors.length > 0) return null;
  if (isQuestion) return unwell("not-done", message, { words: UNANSWERED, facts: factsIn(problem) });
  if (code === "earlier_command") return unwell("refused", message, { words: EARLIER });
  const told = TOLD.find((each) => each === problem.outcome);
  if (told !== undefined) return unwell(told, message, { facts: factsIn(problem) });
  const isLost = status === 0 || code === "internal_error";
  return isLost ? unwell("unknown", message, { words: LOST }) : unwell("refused", message, { words: UNSENT });
}

const TOLD = ["refused", "not-done", "unknown"] as const;

const LOST = "It is not known whether it was sent. Look again once the hub answers: it sends nothing twice.";

const UNANSWERED = "It was not answered, and may be asked again.";

const UNSENT = "Nothing was sent.";

const EARLIER =
  "Nothing was sent: an earlier command for the same thing went out, and is or may be done. The list of commands tells which.";

function unwell(outcome: Unwell["outcome"], detail: string, more: Partial<Unwell> = {}): Unwell {
  return { outcome, words: OUTCOME_WORDS[outcome], detail, facts: [], ...more };
}

function factsIn({
  found,
  upstreamStatus,
  errorCode,
  errorMessage,
}: Record<string, unknown>): Unwell["facts"] {
  const state = Object.entries((found ?? {}) as Record<string, unknown>).map(([name, value]) => [
    `Found: ${name}`,
    value,
  ]);
  const words = [
    ["Answered", upstreamStatus],
    ["Error code", errorCode],
    ["Message", errorMessage],
  ];
  return [...state, ...words]
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [String(name), String(value)]);
}
