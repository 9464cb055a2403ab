import { useNow } from "./now.ts";
import { once } from "./once.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Made when a time is first shown: on a slow machine this takes a tenth of a second. */
const relative = once(() => new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" }));
const exact = once(() => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" }));

/** An instant, relative to now; the exact one, in local time, shows on hover. What is past for sure never lies ahead. */
export function Time({ at, isPast = false }: { at: string; isPast?: boolean }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(isPast ? Math.min(Date.parse(at), now) : Date.parse(at), now)}
    </time>
  );
}

/** `5 min. ago`, `in 2 hr.`, `just now`. */
export function relativeTime(at: number, now: number): string {
  const ms = at - now;
  const size = Math.abs(ms);
  if (size < 5 * SECOND) return ms > 0 ? "in a moment" : "just now";
  if (size < MINUTE) return relative().format(Math.round(ms / SECOND), "second");
  if (size < HOUR) return relative().format(Math.round(ms / MINUTE), "minute");
  if (size < 2 * DAY) return relative().format(Math.round(ms / HOUR), "hour");
  return relative().format(Math.round(ms / DAY), "day");
}

/** An instant in the browser's zone. */
export const exactTime = (at: string): string => exact().format(Date.parse(at));
