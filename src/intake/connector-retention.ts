import type { Database } from "bun:sqlite";
import type { Batch, Cutoffs, Retention } from "../delivery/sweep.ts";

/** Rows that go in one batch: a commit of a few milliseconds. */
const BATCH = 200;

/** The environments' parts of a deleted connector's scopes. */
const SCOPES = "'connector:' || c.public_id || '/sandbox', 'connector:' || c.public_id || '/production'";

/**
 * Prepares what a sweep removes of connectors: runs that ended long ago, and, of deleted connectors, all that hangs on
 * them, dedupe keys too, since their ids never come back. Those of living connectors stay for good.
 */
export function openConnectorRetention(sqlite: Database): Retention {
  const runsAfter = sqlite.prepare<{ id: number; startedAt: number }, [number]>(
    `SELECT id, started_at AS startedAt FROM connector_runs WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
  );
  const removeRuns = sqlite.prepare(
    "DELETE FROM connector_runs WHERE id > ? AND id <= ? AND finished_at < ?",
  );
  const removeRunsOfDeleted = sqlite.prepare(
    `DELETE FROM connector_runs WHERE id IN (SELECT r.id FROM connectors c
       JOIN connector_runs r ON r.connector_id = c.id WHERE c.status = 'deleted' LIMIT ${BATCH})`,
  );
  const removeErrandsOfDeleted = sqlite.prepare(
    `DELETE FROM connector_errands WHERE id IN (SELECT e.id FROM connectors c
       JOIN connector_errands e ON e.connector_id = c.id WHERE c.status = 'deleted' LIMIT ${BATCH})`,
  );
  const removeGivenUp = sqlite.prepare(
    `DELETE FROM connector_errands WHERE id IN (SELECT id FROM connector_errands
       WHERE due_at IS NULL AND failed_at < ? LIMIT ${BATCH})`,
  );
  const removeMemory = sqlite.prepare(
    `DELETE FROM connector_memory WHERE id IN (SELECT m.id FROM connectors c
       JOIN connector_memory m ON m.connector_id = c.id WHERE c.status = 'deleted' LIMIT ${BATCH})`,
  );
  const removeKeys = sqlite.prepare(
    `DELETE FROM dedupe_keys WHERE (scope, key) IN (SELECT k.scope, k.key FROM connectors c
       JOIN dedupe_keys k ON k.scope IN (${SCOPES}) WHERE c.status = 'deleted' LIMIT ${BATCH})`,
  );
  const removeConnectors = sqlite.prepare(
    `DELETE FROM connectors WHERE id IN (SELECT id FROM connectors WHERE status = 'deleted' LIMIT ${BATCH})`,
  );

  function runs({ settled }: Cutoffs): Batch {
    let after = 0;
    return () => {
      const last = runsAfter.all(after).at(-1);
      if (last === undefined) return { removed: 0, isDone: true };
      const { changes: removed } = removeRuns.run(after, last.id, settled);
      after = last.id;
      return { removed, isDone: last.startedAt >= settled };
    };
  }

  const untilNone = (removal: { run(): { changes: number } }): Batch => {
    return () => {
      const { changes: removed } = removal.run();
      return { removed, isDone: removed < BATCH };
    };
  };

  return (cutoffs) => [
    runs(cutoffs),
    untilNone({ run: () => removeGivenUp.run(cutoffs.settled) }),
    ...[removeRunsOfDeleted, removeErrandsOfDeleted, removeMemory, removeKeys, removeConnectors].map(
      untilNone,
    ),
  ];
}
