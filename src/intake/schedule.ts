import { createHash } from "node:crypto";
import { Cron } from "croner";

/** Every five minutes. */
export const DEFAULT_SCHEDULE = "*/5 * * * *";

/** The latest that a connector comes after its schedule's time, ms: not all start at once. */
export const MAX_JITTER_MS = 60_000;

/** Longest schedule, in characters. */
const MAX_LENGTH = 100;

/** What is wrong with a schedule, in words; null: nothing. */
export function scheduleMistake(schedule: string, now: number): string | null {
  const form = "must be a cron expression of five fields, or six with seconds, in UTC, such as */5 * * * *";
  if (schedule.length > MAX_LENGTH || /[:?]/.test(schedule)) return form; // croner takes them for instants
  try {
    return tickAfter(schedule, now) === null ? "names a time that never comes" : null;
  } catch {
    return form;
  }
}

/**
 * The first time after `now` that a schedule names, put off by this connector's own share of the time to the next
 * one, at most a minute; ms UTC.
 */
export function nextRunAt(schedule: string, connectorId: string, now: number): number {
  const tick = tickAfter(schedule, now);
  if (tick === null) throw new Error("a schedule that never comes is not saved");
  const gapMs = (tickAfter(schedule, tick) ?? tick + MAX_JITTER_MS) - tick;
  return tick + Math.floor(shareOf(connectorId) * Math.min(gapMs, MAX_JITTER_MS));
}

/** From 0 to below 1, always the same for the same connector. */
export function shareOf(connectorId: string): number {
  return createHash("sha256").update(connectorId).digest().readUInt32BE(0) / 2 ** 32;
}

function tickAfter(schedule: string, now: number): number | null {
  const cron = new Cron(schedule, { paused: true, timezone: "UTC", mode: "5-or-6-parts" });
  return cron.nextRun(new Date(now))?.getTime() ?? null;
}
