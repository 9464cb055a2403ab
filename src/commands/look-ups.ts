import type { UpstreamCommand, Verdict } from "../connectors/command.ts";
import { describeError, type Log } from "../log.ts";
import type { Clock } from "../seams.ts";
import { type CommandRow, type CommandRows, verdictOf } from "./command-rows.ts";
import { inTime } from "./in-time.ts";
import { isForeseen, verdictOn } from "./verdicts.ts";

/** One that was lost is not believed to be undone before this time has passed since it was sent, ms. */
const SETTLING_MS = 60_000;

/** Waits before the look-ups of one whose end is not known, ms; after the last it waits for the next start. */
const LOOK_UP_AFTER_MS = [5000, 60_000, 300_000, 900_000, ...Array<number>(24).fill(3_600_000)];

/** Learns what became of commands that were sent and whose answers were lost, by reading alone. */
export interface LookUps {
  /** Now, once. */
  lookUp(row: CommandRow, command: UpstreamCommand): Promise<Verdict>;
  /** At once or in a while, then again and again, each time after a longer wait, until its end is known. */
  watch(commandId: string, from: "now" | "soon"): void;
  /** Resolves when nothing is watched any more, which a stop brings about. */
  ended(): Promise<void>;
}

/** Opens the look-ups. */
export function openLookUps(parts: {
  rows: CommandRows;
  clock: Clock;
  stopping: AbortSignal;
  log: Log;
  /** Writes what was learned. */
  keep(row: Pick<CommandRow, "publicId" | "name">, verdict: Verdict): Promise<unknown>;
  commandsOf(connectorId: string): Readonly<Record<string, UpstreamCommand>> | null;
  isUnderWay(commandId: string): boolean;
}): LookUps {
  const { rows, clock, stopping, log } = parts;
  const watches = new Set<Promise<void>>();

  async function lookUp(row: CommandRow, command: UpstreamCommand): Promise<Verdict> {
    const { request, before, sentAt } = row;
    try {
      const read = (signal: AbortSignal) => command.lookUp(JSON.parse(request), before ?? "{}", signal);
      const found = await inTime(parts, read);
      const isEarly = found.outcome === "not-done" && clock.now() < (sentAt ?? 0) + SETTLING_MS;
      const verdict: Verdict = isEarly ? { ...found, outcome: "unknown" } : found;
      await parts.keep(row, verdict);
      return verdict;
    } catch (error) {
      if (!isForeseen(error)) log.error("command.failed", describeError(error));
      return verdictOf(row) ?? verdictOn(error, true);
    }
  }

  async function watchToItsEnd(commandId: string, from: "now" | "soon"): Promise<void> {
    for (const waitMs of from === "now" ? [0, ...LOOK_UP_AFTER_MS] : LOOK_UP_AFTER_MS) {
      if (waitMs > 0) await clock.sleep(waitMs, stopping);
      const row = rows.byId(commandId);
      if (stopping.aborted || row?.status !== "sent") return;
      const command = parts.commandsOf(row.connectorId)?.[row.name];
      if (command !== undefined && !parts.isUnderWay(commandId)) await lookUp(row, command);
    }
  }

  return {
    lookUp,
    watch(commandId, from) {
      const watching = watchToItsEnd(commandId, from).finally(() => watches.delete(watching));
      watches.add(watching);
    },
    ended: async () => void (await Promise.all(watches)),
  };
}
