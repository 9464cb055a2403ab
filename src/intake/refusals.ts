import type { GroupCommit } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import type { ConnectorRows } from "./connector-rows.ts";

/** Refused webhooks are written at most this often, ms: strangers cause neither a write each, nor a wait to measure. */
const WRITE_EVERY_MS = 1000;

/** The count of webhooks that failed their check. */
export interface Refusals {
  note(connectorId: number, reason: string): void;
  /** Resolves once all that was noted is on disk; what cannot be written is noted again. */
  written(): Promise<void>;
  /** The same, and nothing more is noted. */
  stop(): Promise<void>;
}

/** Opens the count. */
export function openRefusals(parts: {
  rows: Pick<ConnectorRows, "refused">;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  log: Log;
}): Refusals {
  const { rows, commits, seams, log } = parts;
  const { clock } = seams;
  const noted = new Map<number, { count: number; reason: string; at: number }>();
  let cancel: (() => void) | null = null;
  let isOpen = true;

  async function written(): Promise<void> {
    cancel?.();
    cancel = null;
    if (noted.size === 0) return;
    const all = [...noted];
    noted.clear();
    await commits
      .run(() => {
        for (const [id, refusal] of all) rows.refused(id, refusal);
      })
      .catch((error: unknown) => {
        log.error("connector.unwritten", describeError(error));
        for (const [id, { count, reason, at }] of all) add(id, { count, reason, at });
      });
  }

  function add(id: number, { count, reason, at }: { count: number; reason: string; at: number }): void {
    const before = noted.get(id);
    noted.set(id, {
      count: count + (before?.count ?? 0),
      reason: before?.reason ?? reason,
      at: before?.at ?? at,
    });
  }

  return {
    note(connectorId, reason) {
      if (!isOpen) return;
      const count = (noted.get(connectorId)?.count ?? 0) + 1;
      noted.set(connectorId, { count, reason, at: clock.now() });
      cancel ??= clock.setTimer(WRITE_EVERY_MS, () => void written());
    },
    written,
    async stop() {
      isOpen = false;
      await written();
    },
  };
}
