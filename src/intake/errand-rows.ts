import type { Database } from "bun:sqlite";
import type { Errand } from "../connectors/connector.ts";
import type { connectorErrands } from "../database/connector-schema.ts";
import type { Failure } from "./connector-rows.ts";

/** An errand's row. */
export type ErrandRow = typeof connectorErrands.$inferSelect;

/** How a connector's errands stand. */
export interface ErrandCounts {
  waiting: number;
  givenUp: number;
}

/** The statements on errands; what writes is called inside a commit. */
export type ErrandRows = ReturnType<typeof openErrandRows>;

const COLUMNS = `id, connector_id AS connectorId, name, key, request, asked, asked_at AS askedAt, due_at AS dueAt,
  tries, error_code AS errorCode, error, failed_at AS failedAt`;

/** Prepares the statements. */
export function openErrandRows(sqlite: Database) {
  const next = sqlite.prepare<ErrandRow, [number, number]>(
    `SELECT ${COLUMNS} FROM connector_errands WHERE connector_id = ? AND due_at IS NOT NULL
     ORDER BY due_at, id LIMIT ?`,
  );
  const waiting = sqlite.prepare<{ connectorId: number; dueAt: number }, []>(
    `SELECT c.id AS connectorId, min(e.due_at) AS dueAt FROM connectors c
     JOIN customers o ON o.id = c.customer_id AND o.status = 'active'
     JOIN connector_errands e ON e.connector_id = c.id
     WHERE c.status = 'active' AND e.due_at IS NOT NULL GROUP BY c.id`,
  );
  const isActive = sqlite.prepare<{ id: number }, [number]>(
    `SELECT c.id FROM connectors c JOIN customers o ON o.id = c.customer_id AND o.status = 'active'
     WHERE c.id = ? AND c.status = 'active'`,
  );
  const counts = sqlite.prepare<ErrandCounts, [number]>(
    `SELECT count(due_at) AS waiting, count(*) - count(due_at) AS givenUp
     FROM connector_errands WHERE connector_id = ?`,
  );
  const lastFailed = sqlite.prepare<ErrandRow, [number]>(
    `SELECT ${COLUMNS} FROM connector_errands WHERE connector_id = ? AND failed_at IS NOT NULL
     ORDER BY failed_at DESC LIMIT 1`,
  );
  const write = prepareWriting(sqlite);

  return {
    /** Those that are to be done next, the earliest first, due or not. */
    next: (connectorId: number, limit: number): ErrandRow[] => next.all(connectorId, limit),
    /** Connectors that are active, with when their next errand is due. */
    waiting: () => waiting.all(),
    /** Whether a connector's errands may be done: neither paused nor deleted, nor its customer disabled. */
    isActive: (connectorId: number): boolean => isActive.get(connectorId) !== null,
    counts: (connectorId: number): ErrandCounts => counts.get(connectorId) ?? { waiting: 0, givenUp: 0 },
    lastFailed: (connectorId: number): ErrandRow | null => lastFailed.get(connectorId),

    /** One that waits for its next try goes on waiting; one that was given up begins anew. */
    add(connectorId: number, { name, key, request }: Errand, now: number): void {
      write.add.run(connectorId, name, key, request, now, now);
    },
    /** Unless it was asked for again meanwhile: then it is due once more. */
    done({ id, asked }: Pick<ErrandRow, "id" | "asked">, now: number): void {
      if (write.remove.run(id, asked).changes === 0) write.again.run(now, id);
    },
    /** `dueAt` null: it is given up. */
    failed({ id }: Pick<ErrandRow, "id">, { code, message }: Failure, at: Failed): void {
      write.failed.run(at.dueAt, code, message, at.now, id);
    },
    /** After new settings: what failed may work now. */
    hasten: (connectorId: number, now: number): void => void write.hasten.run(now, connectorId),
  };
}

interface Failed {
  now: number;
  dueAt: number | null;
}

function prepareWriting(sqlite: Database) {
  return {
    add: sqlite.prepare(
      `INSERT INTO connector_errands (connector_id, name, key, request, asked_at, due_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (connector_id, name, key) DO UPDATE SET
         request = excluded.request, asked = asked + 1, asked_at = excluded.asked_at,
         tries = CASE WHEN due_at IS NULL THEN 0 ELSE tries END, due_at = coalesce(due_at, excluded.due_at)`,
    ),
    remove: sqlite.prepare("DELETE FROM connector_errands WHERE id = ? AND asked = ?"),
    again: sqlite.prepare("UPDATE connector_errands SET due_at = ?, tries = 0 WHERE id = ?"),
    failed: sqlite.prepare(
      `UPDATE connector_errands SET due_at = ?, tries = tries + 1, error_code = ?, error = ?, failed_at = ?
       WHERE id = ?`,
    ),
    hasten: sqlite.prepare("UPDATE connector_errands SET due_at = ?, tries = 0 WHERE connector_id = ?"),
  };
}
