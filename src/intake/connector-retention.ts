import type { Database } from "bun:sqlite";
import { BATCH, type Retention, untilNone } from "../delivery/sweep.ts";

/** The environments' parts of a deleted connector's scopes. */
const SCOPES = "'connector:' || c.public_id || '/sandbox', 'connector:' || c.public_id || '/production'";

/**
 * Prepares what a sweep removes of connectors: runs that ended long ago, and, of deleted connectors, all that hangs on
 * them, dedupe keys too, since their ids never come back. Those of living connectors stay for good.
 */
export function openConnectorRetention(sqlite: Database): Retention {
  const removeRuns = sqlite.prepare(
    `DELETE FROM connector_runs WHERE id IN
       (SELECT id FROM connector_runs WHERE finished_at < ? ORDER BY finished_at LIMIT ${BATCH})`,
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

  const ofDeleted = [
    removeRunsOfDeleted,
    removeErrandsOfDeleted,
    removeMemory,
    removeKeys,
    removeConnectors, // when nothing refers to them any more
  ];
  return ({ settled }) => [
    untilNone(() => removeRuns.run(settled)),
    untilNone(() => removeGivenUp.run(settled)),
    ...ofDeleted.map((removal) => untilNone(() => removal.run())),
  ];
}
