import type { Database } from "bun:sqlite";
import type { connectorRuns } from "../database/connector-schema.ts";
import type { Failure } from "./connector-rows.ts";

/** A run's row. */
export type RunRow = typeof connectorRuns.$inferSelect;

/** What a step adds to the record of its run. */
export interface Progress {
  pages?: number | undefined;
  items?: number | undefined;
  events: number;
  stale?: number | undefined;
}

/** Runs of a connector that are listed at most. */
const MAX_LISTED = 100;

/** What a run says that the end of the hub has cut off. */
const CUT_OFF: Failure = {
  code: "cut_off",
  message: "the hub ended while this run was under way; what it had read until then is kept",
};

const COLUMNS = `id, public_id AS publicId, connector_id AS connectorId, asked_by AS askedBy, status,
  started_at AS startedAt, finished_at AS finishedAt, pages, items, events, stale, requests, error_code AS errorCode, error`;

/** The statements on runs; what writes is called inside a commit. */
export type RunRows = ReturnType<typeof openRunRows>;

/** Prepares the statements. */
export function openRunRows(sqlite: Database) {
  const one = sqlite.prepare<RunRow, [number]>(`SELECT ${COLUMNS} FROM connector_runs WHERE id = ?`);
  const list = sqlite.prepare<RunRow, [number]>(
    `SELECT ${COLUMNS} FROM connector_runs WHERE connector_id = ? ORDER BY id DESC LIMIT ${MAX_LISTED}`,
  );
  const insert = sqlite.prepare(
    `INSERT INTO connector_runs (public_id, connector_id, asked_by, status, started_at)
     VALUES (?, ?, ?, 'running', ?)`,
  );
  const progress = sqlite.prepare(
    `UPDATE connector_runs SET pages = pages + ?, items = items + ?, events = events + ?, stale = stale + ?,
       requests = ?
     WHERE id = ? AND status = 'running'`,
  );
  const finish = sqlite.prepare(
    `UPDATE connector_runs SET status = ?, finished_at = ?, requests = ?, error_code = ?, error = ?
     WHERE id = ? AND status = 'running'`,
  );
  const cutOff = sqlite.prepare<{ connectorId: number }, [number, string, string, number | null]>(
    `UPDATE connector_runs SET status = 'cut off', finished_at = ?1, error_code = ?2, error = ?3
     WHERE status = 'running' AND (?4 IS NULL OR connector_id = ?4) RETURNING connector_id AS connectorId`,
  );

  function find(id: number): RunRow {
    const row = one.get(id);
    if (row === null) throw new Error("a run that is under way has its row");
    return row;
  }

  return {
    find,
    /** Newest first. */
    list: (connectorId: number): RunRow[] => list.all(connectorId),
    add(given: Pick<RunRow, "publicId" | "connectorId" | "askedBy" | "startedAt">): number {
      const { publicId, connectorId, askedBy, startedAt } = given;
      return Number(insert.run(publicId, connectorId, askedBy, startedAt).lastInsertRowid);
    },
    progress(id: number, { pages = 0, items = 0, events, stale = 0 }: Progress, requests: number): void {
      progress.run(pages, items, events, stale, requests, id);
    },
    finish(
      id: number,
      given: { status: "complete" | "failed" | "cut off"; failure: Failure | null },
      at: { now: number; requests: number },
    ): RunRow {
      const { status, failure } = given;
      finish.run(status, at.now, at.requests, failure?.code ?? null, failure?.message ?? null, id);
      return find(id);
    },
    /** Ends the runs that a crash has left, of one connector or of all; the connectors whose they were. */
    cutOff: (now: number, connectorId: number | null = null): number[] =>
      cutOff.all(now, CUT_OFF.code, CUT_OFF.message, connectorId).map(({ connectorId }) => connectorId),
  };
}
