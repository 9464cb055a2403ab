import type { Store } from "../database/open.ts";

/** Who changed something. */
export type Actor = "customer" | "operator";

/** One change as it is kept, so that "why was it not delivered" can be answered later. */
export interface Change {
  customerId: number;
  at: number;
  actor: Actor;
  subject: "subscription" | "auction-ids" | "customer";
  subjectKey: string;
  /** null: there was nothing. */
  before: unknown;
  /** null: there is nothing any more. */
  after: unknown;
}

/** The record of who changed what and when. */
export interface Changes {
  /** Writes one row; called inside a transaction. Nothing is written where before and after are the same. */
  record(change: Change): void;
}

/** Opens the record of changes. */
export function openChanges({ store }: { store: Store }): Changes {
  const insert = store.sqlite.prepare(
    `INSERT INTO changes (customer_id, at, actor, subject, subject_key, before, after)
     VALUES ($customerId, $at, $actor, $subject, $subjectKey, $before, $after)`,
  );
  return {
    record(change) {
      const row = { ...change, before: jsonOrNull(change.before), after: jsonOrNull(change.after) };
      if (row.before !== row.after) insert.run(row);
    },
  };
}

/** What the record tells of the past. */
export interface History {
  /** What something was at an instant, ms UTC; undefined: it had never changed before, null: there was nothing any more. */
  at(customerId: number, subject: Change["subject"], subjectKey: string, instant: number): unknown;
}

/** Opens the record to be read. */
export function openHistory(sqlite: Store["sqlite"]): History {
  const last = sqlite.prepare<{ after: string | null }, [number, string, string, number]>(
    `SELECT after FROM changes WHERE customer_id = ? AND subject = ? AND subject_key = ? AND at <= ?
     ORDER BY at DESC, id DESC LIMIT 1`,
  );
  return {
    at(customerId, subject, subjectKey, instant) {
      const row = last.get(customerId, subject, subjectKey, instant);
      if (row === null) return undefined;
      return row.after === null ? null : JSON.parse(row.after);
    },
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
