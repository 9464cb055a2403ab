import type { Database } from "bun:sqlite";
import type { Retention } from "../delivery/sweep.ts";
import type { Clock } from "../seams.ts";
import { addMinute, type Minute } from "./minutes.ts";

/** Minutes are kept for a day and an hour, ms: the overview looks back one day. */
const KEPT_MS = 25 * 3_600_000;

type Row = Omit<Minute, "latencies"> & { latencies: string };

const COLUMNS = "at, events_in AS eventsIn, delivered, failed, latencies";

/** The rows of the customers' minutes. */
export interface MinuteRows {
  /** In the order of time. */
  since(customerId: number, at: number): Minute[];
  /** Adds to what is kept of the minute; called inside a commit. */
  add(customerId: number, minute: Minute): void;
}

/** Prepares the statements. */
export function openMinuteRows(sqlite: Database): MinuteRows {
  const since = sqlite.prepare<Row, [number, number]>(
    `SELECT ${COLUMNS} FROM customer_minutes WHERE customer_id = ? AND at >= ? ORDER BY at`,
  );
  const one = sqlite.prepare<Row, [number, number]>(
    `SELECT ${COLUMNS} FROM customer_minutes WHERE customer_id = ? AND at = ?`,
  );
  const save = sqlite.prepare(
    `INSERT OR REPLACE INTO customer_minutes (customer_id, at, events_in, delivered, failed, latencies)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  return {
    since: (customerId, at) => since.all(customerId, at).map(minuteIn),
    add(customerId, minute) {
      const kept = one.get(customerId, minute.at);
      const sum = minuteIn(kept ?? { ...minute, eventsIn: 0, delivered: 0, failed: 0, latencies: "[]" });
      addMinute(sum, minute);
      const { at, eventsIn, delivered, failed, latencies } = sum;
      save.run(customerId, at, eventsIn, delivered, failed, JSON.stringify([...latencies]));
    },
  };
}

const minuteIn = ({ latencies, ...row }: Row): Minute => ({
  ...row,
  latencies: new Map(JSON.parse(latencies)),
});

/** Sweeps away minutes that no overview shows any more, a customer at a time. */
export function openMinuteRetention(sqlite: Database, clock: Clock): Retention {
  const nextCustomer = sqlite.prepare<{ id: number | null }, [number]>(
    "SELECT min(customer_id) AS id FROM customer_minutes WHERE customer_id > ?",
  );
  const remove = sqlite.prepare("DELETE FROM customer_minutes WHERE customer_id = ? AND at < ?");
  return () => {
    const cutoff = clock.now() - KEPT_MS;
    let after = 0;
    return [
      () => {
        const customerId = nextCustomer.get(after)?.id ?? null;
        if (customerId === null) return { removed: 0, isDone: true };
        after = customerId;
        return { removed: remove.run(customerId, cutoff).changes, isDone: false };
      },
    ];
  };
}
