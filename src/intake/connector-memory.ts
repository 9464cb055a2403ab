import type { Database } from "bun:sqlite";
import type { Memory, Step } from "../connectors/connector.ts";
import { IdSet } from "./id-set.ts";

/** Things of the upstream that a look for unseen ones reads at once. */
const PAGE = 500;

/** A webhook has changed what a run was about to write; the run looks anew, or the older state would win. */
export class Overtaken extends Error {
  override name = "Overtaken";
}

/** What connectors know of their upstreams' things. All that writes is called inside a commit. */
export interface ConnectorMemory {
  /** Null: never seen, or forgotten. */
  recall(connectorId: number, entity: string): string | null;
  /** A view for one run, until the next one of this connector begins. */
  begin(connectorId: number, at: { cursor: string | null; isFirst: boolean }): RunMemory;
  end(connectorId: number): void;
  /** Keeps what a step of the run has found. @throws Overtaken */
  keep(run: RunMemory, step: Step): void;
  /** Keeps what a webhook has brought. */
  keepReceived(connectorId: number, step: Step): void;
  /** Differs once anything was kept; 0 from the start. */
  revision(connectorId: number): number;
}

/** The memory as one run sees it. */
export interface RunMemory extends Memory {
  readonly connectorId: number;
  cursor: string | null;
  /** By their rows: a bit each, so that a run over a million things costs 125 KB. */
  readonly seen: IdSet;
  /** What webhooks have changed since the run began. */
  readonly overtaken: Set<string>;
}

/** Prepares the memory's statements. */
export function openConnectorMemory(sqlite: Database): ConnectorMemory {
  const rows = prepare(sqlite);
  const runs = new Map<number, RunMemory>();
  const revisions = new Map<number, number>();

  const recall = (connectorId: number, entity: string) => rows.one.get(connectorId, entity)?.state ?? null;

  function* unseen(connectorId: number, seen: IdSet): Iterable<string> {
    for (let after = ""; ; ) {
      const page = rows.page.all(connectorId, after);
      for (const { id, entity } of page) if (!seen.has(id)) yield entity;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.entity;
    }
  }

  /** The rows that were written. */
  function write(connectorId: number, { remember = [], forget = [] }: Step): number[] {
    if (remember.length + forget.length > 0) {
      revisions.set(connectorId, (revisions.get(connectorId) ?? 0) + 1);
    }
    const ids = remember.map(([entity, state]) => rows.save.get(connectorId, entity, state)?.id ?? 0);
    for (const entity of forget) rows.remove.run(connectorId, entity);
    return ids;
  }

  return {
    recall,
    begin(connectorId, { cursor, isFirst }) {
      const seen = new IdSet();
      const run: RunMemory = {
        connectorId,
        cursor,
        isFirst,
        seen,
        overtaken: new Set(),
        recall: (entity) => recall(connectorId, entity),
        unseen: () => unseen(connectorId, seen),
      };
      runs.set(connectorId, run);
      return run;
    },
    end: (connectorId) => void runs.delete(connectorId),
    keep(run, step) {
      if (namedIn(step).some((entity) => run.overtaken.has(entity))) throw new Overtaken();
      for (const entity of step.seen ?? []) {
        const row = rows.one.get(run.connectorId, entity);
        if (row !== null) run.seen.add(row.id);
      }
      for (const id of write(run.connectorId, step)) run.seen.add(id);
      if (step.cursor !== undefined) run.cursor = step.cursor;
    },
    keepReceived(connectorId, step) {
      const ids = write(connectorId, step);
      const run = runs.get(connectorId);
      if (run === undefined) return;
      for (const id of ids) run.seen.add(id);
      for (const entity of namedIn(step)) run.overtaken.add(entity);
    },
    revision: (connectorId) => revisions.get(connectorId) ?? 0,
  };
}

/** The things that a step writes. */
const namedIn = ({ remember = [], forget = [] }: Step) => [...remember.map(([entity]) => entity), ...forget];

function prepare(sqlite: Database) {
  return {
    one: sqlite.prepare<{ id: number; state: string }, [number, string]>(
      "SELECT id, state FROM connector_memory WHERE connector_id = ? AND entity = ?",
    ),
    page: sqlite.prepare<{ id: number; entity: string }, [number, string]>(
      `SELECT id, entity FROM connector_memory WHERE connector_id = ? AND entity > ?
       ORDER BY entity LIMIT ${PAGE}`,
    ),
    save: sqlite.prepare<{ id: number }, [number, string, string]>(
      `INSERT INTO connector_memory (connector_id, entity, state) VALUES (?, ?, ?)
       ON CONFLICT (connector_id, entity) DO UPDATE SET state = excluded.state RETURNING id`,
    ),
    remove: sqlite.prepare("DELETE FROM connector_memory WHERE connector_id = ? AND entity = ?"),
  };
}
