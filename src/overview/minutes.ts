import { addLatencies, type Latencies } from "./latencies.ts";

/** One minute, ms. */
export const MINUTE_MS = 60_000;

/** What happened to a customer's events and deliveries in one minute. */
export interface Minute {
  /** Its beginning, ms UTC. */
  at: number;
  eventsIn: number;
  delivered: number;
  /** Deliveries that became dead letters. */
  failed: number;
  /** From the making of a delivery to the end of its first attempt, where that succeeded. */
  latencies: Latencies;
}

/** The minute that an instant lies in, by its beginning. */
export const minuteOf = (instant: number): number => Math.floor(instant / MINUTE_MS) * MINUTE_MS;

/** A minute in which nothing has happened yet. */
export const emptyMinute = (at: number): Minute => ({
  at,
  eventsIn: 0,
  delivered: 0,
  failed: 0,
  latencies: new Map(),
});

/** Adds what another count of the same time holds. */
export function addMinute(to: Minute, more: Minute): void {
  to.eventsIn += more.eventsIn;
  to.delivered += more.delivered;
  to.failed += more.failed;
  addLatencies(to.latencies, more.latencies);
}
