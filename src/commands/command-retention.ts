import type { Database } from "bun:sqlite";
import { BATCH, type Cutoffs, oldestFirst, type Retention } from "../delivery/sweep.ts";
import type { Clock } from "../seams.ts";
import type { CommandRow } from "./command-rows.ts";

/** A command, as far as it decides how long it stays. */
interface AgedCommand extends Pick<CommandRow, "id" | "publicId" | "status" | "settledAt"> {
  /** When it was asked for. */
  at: number;
  /** Of a connector that can still learn what became of it. */
  canBeLookedUp: 0 | 1;
}

/**
 * Prepares what a sweep removes of commands, with what was asked and answered in them and their idempotency keys. One
 * of which it may still be learned what became of it stays, however old.
 */
export function openCommandRetention(parts: {
  sqlite: Database;
  seams: { clock: Pick<Clock, "monotonic"> };
  isUnderWay(commandId: string): boolean;
}): Retention {
  const { sqlite, seams, isUnderWay } = parts;
  const after = sqlite.prepare<AgedCommand, [number, number, number]>(
    `SELECT id, public_id AS publicId, status, created_at AS at, settled_at AS settledAt,
       EXISTS (SELECT 1 FROM connectors AS c WHERE c.public_id = connector_id AND c.status <> 'deleted') AS canBeLookedUp
     FROM commands WHERE (created_at, id) > (?, ?) AND created_at < ? ORDER BY created_at, id LIMIT ${BATCH}`,
  );
  const remove = sqlite.prepare("DELETE FROM commands WHERE id = ?");

  function isOver(
    { publicId, status, settledAt, canBeLookedUp }: AgedCommand,
    { settled }: Cutoffs,
  ): boolean {
    if (status === "settled") return settledAt !== null && settledAt < settled;
    const isOpen = status === "sent" && canBeLookedUp === 1; // one that is 'begun' was ended by a stop before it went out
    return !isOpen && !isUnderWay(publicId);
  }

  return (cutoffs) => [
    oldestFirst(seams.clock, {
      after: ({ at, id }) => after.all(at, id, cutoffs.settled),
      sweep(row) {
        if (!isOver(row, cutoffs)) return { removed: 0, isDone: true };
        return { removed: remove.run(row.id).changes, isDone: true };
      },
    }),
  ];
}
