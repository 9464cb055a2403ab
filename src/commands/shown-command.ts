import type { Undone } from "../connectors/command.ts";
import { type CommandRow, verdictOf } from "./command-rows.ts";

/** A command as its customer sees it. */
export interface ShownCommand {
  commandId: string;
  /** Such as `mark-as-sold`. */
  name: string;
  /** What it is about in the upstream, such as `listings/<id>`. */
  target: string;
  request: unknown;
  idempotencyKey: string | null;
  askedBy: string;
  createdAt: string;
  /** When the request that changes something went out; null: none has. */
  sentAt: string | null;
  settledAt: string | null;
  outcome: "running" | "done" | "refused" | "not-done" | "unknown";
  /** What the upstream showed when it was done; else why it is not. */
  answer: unknown;
}

/** Shows a command; one that neither runs nor was sent was ended by a stop of the hub before that. */
export function shownCommand(row: CommandRow, isRunning: boolean): ShownCommand {
  const { publicId, name, target, request, idempotencyKey, askedBy } = row;
  const verdict = verdictOf(row);
  const unanswered = row.status === "begun" ? "not-done" : "unknown";
  return {
    commandId: publicId,
    name,
    target,
    request: JSON.parse(request),
    idempotencyKey,
    askedBy,
    createdAt: iso(row.createdAt) ?? "",
    sentAt: iso(row.sentAt),
    settledAt: iso(row.settledAt),
    outcome: isRunning ? "running" : (verdict?.outcome ?? unanswered),
    answer: verdict === null ? null : verdict.outcome === "done" ? JSON.parse(verdict.answer) : why(verdict),
  };
}

function why({ outcome: _, ...rest }: Undone): Omit<Undone, "outcome"> {
  return rest;
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
