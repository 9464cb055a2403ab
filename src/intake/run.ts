import { toEventType } from "../catalog/event-types.ts";
import type { CommonSettings, Connection, ConnectorDraft, Step } from "../connectors/connector.ts";
import { UpstreamError } from "../connectors/upstream-error.ts";
import { commitOrProblem } from "../customers/commit-or-problem.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import { type ConnectorMemory, Overtaken, type RunMemory } from "./connector-memory.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { Draft } from "./draft.ts";
import { CutOff, type FailedRun, failedRun } from "./failed-run.ts";
import type { FollowUps } from "./follow-ups.ts";
import { nextTryAt } from "./next-try.ts";
import type { Admitted, Publish } from "./publish.ts";
import type { RunRow, RunRows } from "./run-rows.ts";
import { nextRunAt } from "./schedule.ts";
import { eachUntilAborted } from "./until-aborted.ts";

/** How often one run looks anew because webhooks were ahead of it. */
const MAX_LOOKS = 3;

/** How long to wait before the end of a run that could not be written is written again, ms. */
const REWRITE_MS = 5000;

/** What a run needs of the hub. */
export interface RunParts {
  rows: ConnectorRows;
  runs: RunRows;
  memory: ConnectorMemory;
  connections: Connections;
  publish: Publish;
  followUps: FollowUps;
  /** Something is left to be done for this connector. */
  wake(connectorId: number): void;
  commits: GroupCommit;
  seams: Pick<Seams, "clock" | "random" | "newId">;
  /** What the times of coming runs are told in. */
  time: SteadyTime;
  /** For one run, ms. */
  runDeadlineMs: number;
  log: Log;
}

/**
 * Polls once: reads what the connector tells and keeps it step by step, each in one transaction with its events.
 * Resolves with the run as it ended, whatever the upstream did; `ending` cuts it off.
 * @throws Problem connector_not_found; not_ready where not even its beginning could be written
 */
export type Run = (connectorId: number, askedBy: RunRow["askedBy"], ending: AbortSignal) => Promise<RunRow>;

/** One run under way. */
interface UnderWay {
  id: number;
  row: ConnectorRow;
  signal: AbortSignal;
  /** Exchanges that the connection has made since the run began. */
  requests: () => number;
}

/** Opens what makes runs. */
export function openRun(parts: RunParts): Run {
  const { rows, runs, memory, connections, publish, followUps, commits, seams, time, log } = parts;
  const { clock } = seams;

  return async (connectorId, askedBy, ending) => {
    const { id, row } = await commitOrProblem(commits, () => begin(connectorId, askedBy));
    const deadline = openDeadline(ending);
    const run: UnderWay = { id, row, signal: deadline.signal, requests: () => 0 };
    let failed: FailedRun | null = null;
    try {
      const opened = connections.of(row);
      const before = opened.requests;
      run.requests = () => opened.requests - before;
      await readAll(run, opened.connection);
    } catch (error) {
      failed = failedRun(run.signal.aborted ? run.signal.reason : error, clock.now());
      if (failed.code === "internal_error") log.error("connector.broken", describeError(error));
    } finally {
      deadline.cancel();
      memory.end(connectorId);
    }
    return tell(await finish(run, failed, ending));
  };

  function begin(
    connectorId: number,
    askedBy: RunRow["askedBy"],
  ): { id: number; row: ConnectorRow } | Problem {
    const row = rows.byId(connectorId);
    if (row === null || !rows.isOpen(row.id, row.version)) return new Problem("connector_not_found");
    const startedAt = clock.now();
    runs.cutOff(startedAt, connectorId); // one whose end could not be written
    rows.setNextRunAt(connectorId, null);
    return { id: runs.add({ publicId: seams.newId(), connectorId, askedBy, startedAt }), row };
  }

  function openDeadline(ending: AbortSignal) {
    const ms = parts.runDeadlineMs;
    const late = new AbortController();
    const cancel = clock.setTimer(ms, () =>
      late.abort(new UpstreamError("timeout", `the run took longer than ${ms / 1000} s`)),
    );
    return { signal: AbortSignal.any([ending, late.signal]), cancel };
  }

  async function readAll(run: UnderWay, connection: Connection): Promise<void> {
    for (let looks = 1; ; looks++) {
      const { cursor, firstCompleteAt } = rows.byId(run.row.id) ?? run.row;
      const view = memory.begin(run.row.id, { cursor, isFirst: firstCompleteAt === null });
      try {
        const steps = connection.poll(view, run.signal);
        for await (const step of eachUntilAborted(steps, run.signal)) await keep(run, view, step);
        return;
      } catch (error) {
        if (!(error instanceof Overtaken) || looks === MAX_LOOKS) throw error;
      }
    }
  }

  async function keep(run: UnderWay, view: RunMemory, step: Step): Promise<void> {
    const { row } = run;
    const { initialScan }: CommonSettings = JSON.parse(row.settings);
    const drafts = view.isFirst && initialScan === "silent" ? [] : step.drafts;
    let isMoreToDo = false;
    await publish(
      drafts.map((draft) => toDraft(draft, row)),
      doorOf(row),
      (admitted) => {
        if (!rows.isOpen(row.id, row.version)) throw new CutOff("the connector was changed or deleted");
        memory.keep(view, step);
        isMoreToDo = followUps.keep(row, { step, drafts, admitted });
        if (step.cursor !== undefined) rows.setCursor(row.id, step.cursor);
        runs.progress(run.id, { ...step, events: countNew(admitted) }, run.requests());
      },
    );
    if (isMoreToDo) parts.wake(row.id);
    run.signal.throwIfAborted();
  }

  /** Writes the end for as long as it takes, so that no run stays half told; an ending hub leaves it to its start. */
  async function finish(run: UnderWay, failed: FailedRun | null, ending: AbortSignal): Promise<RunRow> {
    for (;;) {
      try {
        return await commits.run(() => (failed === null ? succeed(run) : fail(run, failed)));
      } catch (error) {
        log.error("connector.unwritten", describeError(error));
        await clock.sleep(REWRITE_MS, ending);
        if (ending.aborted) throw error;
      }
    }
  }

  function succeed(run: UnderWay): RunRow {
    const { id, publicId, schedule, version } = run.row;
    const now = clock.now();
    rows.succeeded(id, version, { now, nextRunAt: nextRunAt(schedule, publicId, time.now()) });
    return runs.finish(run.id, { status: "complete", failure: null }, { now, requests: run.requests() });
  }

  function fail(run: UnderWay, failed: FailedRun): RunRow {
    const { id, version } = run.row;
    const now = clock.now();
    const before = rows.byId(id);
    if (before?.version === version) {
      if (failed.isCutOff) rows.setNextRunAt(id, time.now());
      else
        rows.failed(before, failed, {
          now,
          nextRunAt: nextTryAt(failed, before, { now: time.now(), chance: seams.random() }),
        });
    }
    const status = failed.isCutOff ? "cut off" : "failed";
    return runs.finish(run.id, { status, failure: failed }, { now, requests: run.requests() });
  }

  function tell(row: RunRow): RunRow {
    const { publicId, connectorId, status, pages, items, events, requests, errorCode, startedAt } = row;
    const durationMs = clock.now() - startedAt;
    const line = { runId: publicId, connector: connectorId, pages, items, events, requests, durationMs };
    if (status === "complete") log.debug("connector.polled", { ...line, status });
    else log.info("connector.polled", { ...line, status, reason: errorCode });
    return row;
  }
}

/** The door of a connector's events: they are its customer's alone. */
export const doorOf = ({ publicId, customerId }: ConnectorRow) => ({
  name: `connector:${publicId}`,
  ownerId: customerId,
});

/** A connector's draft as the one door takes it. */
export const toDraft = (
  { eventType, payload, key }: ConnectorDraft,
  { environment }: ConnectorRow,
): Draft => ({
  eventType: toEventType(eventType),
  environment,
  payload,
  auctionIds: [],
  dedupe: { scope: "door", key },
});

/** How many became events, rather than being known. */
export const countNew = (admitted: readonly Admitted[]): number =>
  admitted.filter(({ duplicate }) => !duplicate).length;
