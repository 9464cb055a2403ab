import { relativeTime } from "../parts/time.tsx";

const HOUR_MS = 3_600_000;

/** The first event that failed came before it failed, by as long as its attempt and the queue took, ms. */
const HEAD_START_MS = 600_000;

/** From when a person wants what was missed. */
export type Since = "failing" | "hour" | "day" | "given";

/** The choices for a subscription, the likeliest first. */
export function sinceChoices(failingSince: string | null, now: number): [Since, string][] {
  const failing: [Since, string][] =
    failingSince === null
      ? []
      : [["failing", `It began to fail, ${relativeTime(Date.parse(failingSince), now)}`]];
  return [...failing, ["hour", "An hour ago"], ["day", "A day ago"], ["given", "A given time"]];
}

/**
 * The time to recover, ISO 8601; null: no time is given yet. `from` and `to` are local times as a browser's field has
 * them, `to` may be empty.
 */
export function spanOf(
  since: Since,
  given: { failingSince: string | null; from: string; to: string; now: number },
): { since: string; until?: string } | null {
  const { failingSince, from, to, now } = given;
  if (since === "failing")
    return failingSince === null ? null : { since: iso(Date.parse(failingSince) - HEAD_START_MS) };
  if (since === "hour") return { since: iso(now - HOUR_MS) };
  if (since === "day") return { since: iso(now - 24 * HOUR_MS) };
  if (from === "") return null;
  return { since: iso(from), ...(to !== "" && { until: iso(to) }) };
}

const iso = (at: number | string) => new Date(at).toISOString();
