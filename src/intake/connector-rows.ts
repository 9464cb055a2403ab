import type { Database } from "bun:sqlite";
import type { connectors } from "../database/connector-schema.ts";

/** A connector's row. */
export type ConnectorRow = typeof connectors.$inferSelect;

/** What a `PUT` decides. */
export type GivenConnector = Pick<
  ConnectorRow,
  "publicId" | "customerId" | "name" | "kind" | "environment" | "schedule" | "settings" | "secrets"
>;

/** Why a try failed, as the status tells it. */
export interface Failure {
  code: string;
  message: string;
}

/** The statements on connectors; what writes is called inside a commit, a deleted one is never found. */
export type ConnectorRows = ReturnType<typeof openConnectorRows>;

const COLUMNS = `c.id, c.public_id AS publicId, c.customer_id AS customerId, c.name, c.kind, c.environment, c.schedule,
  c.settings, c.secrets, c.status, c.version, c.created_at AS createdAt, c.updated_at AS updatedAt, c.cursor,
  c.first_complete_at AS firstCompleteAt, c.next_run_at AS nextRunAt, c.failures,
  c.last_success_at AS lastSuccessAt, c.last_error_code AS lastErrorCode, c.last_error AS lastError,
  c.last_error_at AS lastErrorAt, c.received, c.last_received_at AS lastReceivedAt, c.refused,
  c.last_refusal AS lastRefusal, c.last_refused_at AS lastRefusedAt`;

const LIVE = `SELECT ${COLUMNS} FROM connectors c WHERE c.status <> 'deleted'`;

/** A disabled customer's are neither polled nor sent anything. */
const OF_THE_ACTIVE = `SELECT ${COLUMNS} FROM connectors c
  JOIN customers o ON o.id = c.customer_id AND o.status = 'active' WHERE c.status <> 'deleted'`;

/** Prepares the statements. */
export function openConnectorRows(sqlite: Database) {
  const { read, write } = prepare(sqlite);
  return {
    named: (customerId: number, name: string): ConnectorRow | null => read.named.get(customerId, name),
    byId: (id: number): ConnectorRow | null => read.byId.get(id),
    /** Only of an active customer; the way in for webhooks. */
    inbound: (publicId: string): ConnectorRow | null => read.inbound.get(publicId),
    /** By name. */
    list: (customerId: number): ConnectorRow[] => read.list.all(customerId),
    count: (customerId: number): number => read.count.get(customerId)?.count ?? 0,
    /** Neither deleted nor a disabled customer's. */
    isLive: (id: number): boolean => read.isLive.get(id) !== null,
    /** Whether its runs may go on: neither changed nor deleted, nor its customer disabled. */
    isOpen: (id: number, version: number): boolean => read.isOpen.get(id, version) !== null,
    /** The next ones that the schedule asks for, the earliest first, due or not. */
    next: (limit: number) => read.next.all(limit),
    /** All that the schedule asks for. */
    scheduled: () => read.next.all(-1),

    add(given: GivenConnector, at: { now: number; nextRunAt: number }): void {
      const { publicId, customerId, name, kind, environment, schedule, settings, secrets } = given;
      const world = [publicId, customerId, name, kind, environment] as const;
      write.add.run(...world, schedule, settings, secrets, at.now, at.now, at.nextRunAt);
    },
    /** New settings: what failed before may work now. A paused one stays so. */
    change(id: number, given: GivenConnector, at: { now: number; nextRunAt: number }): void {
      write.change.run(given.schedule, given.settings, given.secrets, at.now, at.nextRunAt, id);
    },
    setStatus(id: number, status: "active" | "paused", at: { now: number; nextRunAt: number | null }): void {
      write.setStatus.run(status, at.now, at.nextRunAt, id);
    },
    /** Its secrets go at once, the rest when it is swept. */
    remove: (id: number, now: number): void => void write.remove.run(now, id),

    setNextRunAt: (id: number, at: number | null): void => void write.setNextRunAt.run(at, id),
    setCursor: (id: number, cursor: string): void => void write.setCursor.run(cursor, id),
    succeeded(id: number, version: number, at: { now: number; nextRunAt: number | null }): void {
      write.succeeded.run(at.now, at.now, at.nextRunAt, id, version);
    },
    failed(
      { id, version }: Pick<ConnectorRow, "id" | "version">,
      { code, message }: Failure,
      at: { now: number; nextRunAt: number | null },
    ): void {
      write.failed.run(code, message, at.now, at.nextRunAt, id, version);
    },

    received: (id: number, now: number): void => void write.received.run(now, id),
    refused: (id: number, { count, reason, at }: { count: number; reason: string; at: number }): void =>
      void write.refused.run(count, reason, at, id),
  };
}

function prepare(sqlite: Database) {
  const read = {
    named: sqlite.prepare<ConnectorRow, [number, string]>(`${LIVE} AND c.customer_id = ? AND c.name = ?`),
    byId: sqlite.prepare<ConnectorRow, [number]>(`${LIVE} AND c.id = ?`),
    inbound: sqlite.prepare<ConnectorRow, [string]>(`${OF_THE_ACTIVE} AND c.public_id = ?`),
    list: sqlite.prepare<ConnectorRow, [number]>(`${LIVE} AND c.customer_id = ? ORDER BY c.name`),
    count: sqlite.prepare<{ count: number }, [number]>(
      "SELECT count(*) AS count FROM connectors WHERE status <> 'deleted' AND customer_id = ?",
    ),
    isLive: sqlite.prepare<ConnectorRow, [number]>(`${OF_THE_ACTIVE} AND c.id = ?`),
    isOpen: sqlite.prepare<ConnectorRow, [number, number]>(`${OF_THE_ACTIVE} AND c.id = ? AND c.version = ?`),
    next: sqlite.prepare<{ id: number; publicId: string; schedule: string; at: number }, [number]>(
      `SELECT c.id, c.public_id AS publicId, c.schedule, c.next_run_at AS at FROM connectors c
       JOIN customers o ON o.id = c.customer_id AND o.status = 'active'
       WHERE c.status = 'active' AND c.next_run_at IS NOT NULL ORDER BY c.next_run_at LIMIT ?`,
    ),
  };
  const ifActive = "CASE status WHEN 'active' THEN ? END";
  const write = {
    add: sqlite.prepare(
      `INSERT INTO connectors (public_id, customer_id, name, kind, environment, schedule, settings, secrets,
         status, created_at, updated_at, next_run_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?)`,
    ),
    change: sqlite.prepare(
      `UPDATE connectors SET schedule = ?, settings = ?, secrets = ?, version = version + 1, updated_at = ?,
         failures = 0, next_run_at = ${ifActive} WHERE id = ?`,
    ),
    setStatus: sqlite.prepare(
      "UPDATE connectors SET status = ?, updated_at = ?, next_run_at = ? WHERE id = ? AND status <> 'deleted'",
    ),
    remove: sqlite.prepare(
      `UPDATE connectors SET status = 'deleted', secrets = x'', settings = '{}', cursor = NULL, next_run_at = NULL,
         version = version + 1, updated_at = ? WHERE id = ?`,
    ),
    setNextRunAt: sqlite.prepare(`UPDATE connectors SET next_run_at = ${ifActive} WHERE id = ?`),
    setCursor: sqlite.prepare("UPDATE connectors SET cursor = ? WHERE id = ?"),
    succeeded: sqlite.prepare(
      `UPDATE connectors SET failures = 0, last_success_at = ?, first_complete_at = coalesce(first_complete_at, ?),
         next_run_at = ${ifActive} WHERE id = ? AND version = ?`,
    ),
    failed: sqlite.prepare(
      `UPDATE connectors SET failures = failures + 1, last_error_code = ?, last_error = ?, last_error_at = ?,
         next_run_at = ${ifActive} WHERE id = ? AND version = ?`,
    ),
    received: sqlite.prepare(
      "UPDATE connectors SET received = received + 1, last_received_at = ? WHERE id = ?",
    ),
    refused: sqlite.prepare(
      "UPDATE connectors SET refused = refused + ?, last_refusal = ?, last_refused_at = ? WHERE id = ?",
    ),
  };
  return { read, write };
}
