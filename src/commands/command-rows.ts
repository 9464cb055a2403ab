import type { Database } from "bun:sqlite";
import type { Verdict } from "../connectors/command.ts";
import type { commands } from "../database/connector-schema.ts";

/** A command's row; instants in ms UTC. */
export type CommandRow = typeof commands.$inferSelect;

/** What a command begins with. */
export type NewCommand = Pick<
  CommandRow,
  "publicId" | "customerId" | "askedBy" | "connectorId" | "name" | "target" | "idempotencyKey" | "request"
>;

/** The statements on commands; what writes is called inside a commit. */
export type CommandRows = ReturnType<typeof openCommandRows>;

const COMMAND = `SELECT id, public_id AS publicId, customer_id AS customerId, asked_by AS askedBy,
  connector_id AS connectorId, name, target, idempotency_key AS idempotencyKey, request, status,
  created_at AS createdAt, sent_at AS sentAt, settled_at AS settledAt, before, outcome, verdict FROM commands`;

/** Prepares the statements. */
export function openCommandRows(sqlite: Database) {
  const byKey = sqlite.prepare<CommandRow, [string, string]>(
    `${COMMAND} WHERE connector_id = ? AND idempotency_key = ?`,
  );
  const byId = sqlite.prepare<CommandRow, [string]>(`${COMMAND} WHERE public_id = ?`);
  const unsettled = sqlite.prepare<{ publicId: string }, []>(
    "SELECT public_id AS publicId FROM commands WHERE status = 'sent' ORDER BY id",
  );
  const unsettledFor = sqlite.prepare<CommandRow, [string, string, string]>(
    `${COMMAND} WHERE connector_id = ? AND name = ? AND target = ? AND status = 'sent' ORDER BY id LIMIT 1`,
  );
  const insert = sqlite.prepare(
    `INSERT INTO commands (public_id, customer_id, asked_by, connector_id, name, target, idempotency_key, request,
       status, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'begun', ?)`,
  );
  const send = sqlite.prepare(
    "UPDATE commands SET status = 'sent', sent_at = ?, before = ? WHERE public_id = ? AND status = 'begun'",
  );
  const settle = sqlite.prepare(
    `UPDATE commands SET status = 'settled', settled_at = ?, outcome = ?, verdict = ?
     WHERE public_id = ? AND status <> 'settled'`,
  );
  const leave = sqlite.prepare(
    "UPDATE commands SET outcome = ?, verdict = ? WHERE public_id = ? AND status = 'sent'",
  );

  return {
    byKey: (connectorId: string, key: string): CommandRow | null => byKey.get(connectorId, key),
    byId: (publicId: string): CommandRow | null => byId.get(publicId),
    /** Those of which it is not known what became of them. */
    unsettled: (): string[] => unsettled.all().map(({ publicId }) => publicId),
    /** One of this name for the same target of which it is not known what became of it. */
    unsettledFor: (connectorId: string, name: string, target: string): CommandRow | null =>
      unsettledFor.get(connectorId, name, target),
    add(given: NewCommand, now: number): void {
      const { publicId, customerId, askedBy, connectorId, name, target, idempotencyKey, request } = given;
      insert.run(publicId, customerId, askedBy, connectorId, name, target, idempotencyKey, request, now);
    },
    /** From now on it may have had its effect. */
    send(publicId: string, before: string, now: number): void {
      if (send.run(now, before, publicId).changes !== 1) throw new Error("a command is sent once");
    },
    /** Writes what it was answered with; one of which the end is not known stays open for look-ups. */
    answer(publicId: string, verdict: Verdict, now: number): void {
      const text = JSON.stringify(verdict);
      if (verdict.outcome === "unknown") leave.run(verdict.outcome, text, publicId);
      else settle.run(now, verdict.outcome, text, publicId);
    },
    /** A connector's, newest first, below an id; row by row, because a page may end before the rows do. */
    *list(connectorId: string, below: number): Generator<CommandRow & { payload: string }> {
      const statement = sqlite.prepare<CommandRow, [string, number]>(
        `${COMMAND} WHERE connector_id = ? AND id < ? ORDER BY id DESC`,
      );
      try {
        for (const row of statement.iterate(connectorId, below)) yield { ...row, payload: row.verdict ?? "" };
      } finally {
        statement.finalize();
      }
    },
  };
}

/** What a command was answered with; null: nothing yet. */
export const verdictOf = ({ verdict }: Pick<CommandRow, "verdict">): Verdict | null =>
  verdict === null ? null : (JSON.parse(verdict) as Verdict);
