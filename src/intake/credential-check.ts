import { UpstreamError } from "../connectors/upstream-error.ts";
import type { GroupCommit } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import { failedRun } from "./failed-run.ts";
import { untilAborted } from "./until-aborted.ts";

/** Who saves a connector waits no longer than this to hear whether its credentials work, ms. */
const CHECK_WITHIN_MS = 10_000;

/** Whether a connector's credentials work. */
export interface CredentialCheck {
  ok: boolean;
  /** A sentence for a person. */
  detail: string;
}

/** Tries a connector's credentials; that they do not work shows in its status, too. */
export type CheckCredentials = (row: ConnectorRow) => Promise<CredentialCheck>;

/** Opens the check. */
export function openCredentialCheck(parts: {
  rows: ConnectorRows;
  connections: Connections;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  log: Log;
}): CheckCredentials {
  const { rows, connections, commits, seams, log } = parts;

  return async (row) => {
    const late = new AbortController();
    const tooLate = () => new UpstreamError("timeout", `no answer within ${CHECK_WITHIN_MS / 1000} s`);
    const cancel = seams.clock.setTimer(CHECK_WITHIN_MS, () => late.abort(tooLate()));
    try {
      const { connection } = connections.of(row);
      await untilAborted(() => connection.check(late.signal), late.signal);
      return { ok: true, detail: "the upstream takes these credentials" };
    } catch (error) {
      return await failed(row, error);
    } finally {
      cancel();
    }
  };

  async function failed(row: ConnectorRow, error: unknown): Promise<CredentialCheck> {
    const now = seams.clock.now();
    const failure = failedRun(error, now);
    if (failure.code === "internal_error") log.error("connector.broken", describeError(error));
    await commits.run(() => rows.failed(row, failure, { now, nextRunAt: row.nextRunAt }));
    return { ok: false, detail: failure.message };
  }
}
