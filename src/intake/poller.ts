import type { GroupCommit } from "../database/commit.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { ConnectorRows } from "./connector-rows.ts";
import { CutOff } from "./failed-run.ts";
import type { Run } from "./run.ts";
import type { RunRow, RunRows } from "./run-rows.ts";
import { nextRunAt, shareOf } from "./schedule.ts";

/** Runs that became due while the hub was down begin within this time, ms, each at its own share of it. */
const CATCH_UP_MS = 30_000;

/** How long to wait before a run whose beginning could not be written is begun again, ms. */
const REBEGIN_MS = 5000;

/** No pause of an upstream is longer, ms: what is due later than this, and than the schedule, a wrong clock has written. */
const LONGEST_PAUSE_MS = 26 * 3_600_000;

/** Polls connectors on their schedules and by hand; a connector's runs never overlap. */
export interface Poller {
  /** Ends what the last hub left unfinished, and begins to poll. */
  start(): Promise<void>;
  /** Cuts off what is under way and resolves once that is written. */
  stop(): Promise<void>;
  /** A run that begins now; where one is under way already, the one after it, which all who ask meanwhile share. */
  poll(connectorId: number): Promise<RunRow>;
  /** Ends the run that is under way, if any. */
  cutOff(connectorId: number, why: string): void;
  /** Connectors or customers have changed on disk: runs may have to end, and when to poll next may differ. */
  lookAnew(): void;
}

interface UnderWay {
  ending: AbortController;
  done: Promise<RunRow>;
  /** Wanted by hand while this one is under way. */
  next: PromiseWithResolvers<RunRow> | null;
}

/** Opens the poller; nothing is polled before it is started. */
export function openPoller(parts: {
  rows: ConnectorRows;
  runs: RunRows;
  run: Run;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  time: SteadyTime;
  log: Log;
}): Poller {
  const { rows, runs, run, commits, seams, time, log } = parts;
  const underWay = new Map<number, UnderWay>();
  let isRunning = false;
  let timer: { at: number; cancel(): void } | null = null;

  /** The timer stands on the earliest time of any connector that is not being polled. */
  function arm(): void {
    const next = isRunning ? earliest() : undefined;
    if ((next?.at ?? null) === (timer?.at ?? null)) return;
    timer?.cancel();
    timer = null;
    if (next === undefined) return;
    timer = { at: next.at, cancel: seams.clock.setTimer(Math.max(0, next.at - time.now()), act) };
  }

  /** The earliest that the schedule asks for, of those that are not being polled. */
  function earliest() {
    return rows.next(underWay.size + 1).find(({ id }) => !underWay.has(id));
  }

  function act(): void {
    timer = null;
    const now = time.now();
    for (let next = earliest(); next !== undefined && next.at <= now; next = earliest()) {
      begin(next.id, "schedule");
    }
    arm();
  }

  function begin(id: number, askedBy: RunRow["askedBy"]): Promise<RunRow> {
    const ending = new AbortController();
    const entry: UnderWay = { ending, done: run(id, askedBy, ending.signal), next: null };
    underWay.set(id, entry);
    const settle = () => {
      underWay.delete(id);
      if (entry.next === null) arm();
      else entry.next.resolve(isRunning ? begin(id, "customer") : entry.done);
    };
    entry.done.then(settle, (error: unknown) => afterFailure(error, entry, askedBy).then(settle));
    return entry.done;
  }

  /** Its beginning or end could not be written; who asked by hand hears so, the schedule asks again in a while. */
  async function afterFailure(
    error: unknown,
    { ending }: UnderWay,
    askedBy: RunRow["askedBy"],
  ): Promise<void> {
    if (error instanceof Problem && error.code === "connector_not_found") return; // deleted before it began
    log.error("connector.unwritten", describeError(error));
    if (askedBy === "schedule") await seams.clock.sleep(REBEGIN_MS, ending.signal);
  }

  /** Inside a commit: what was cut off, came due meanwhile or was put off by a wrong clock gets a time from now on. */
  function catchUp(now: number): void {
    for (const connectorId of runs.cutOff(now)) rows.setNextRunAt(connectorId, now);
    for (const { id, publicId, schedule, at } of rows.scheduled()) {
      if (at <= now) rows.setNextRunAt(id, now + Math.floor(shareOf(publicId) * CATCH_UP_MS));
      else if (at > now + LONGEST_PAUSE_MS) {
        rows.setNextRunAt(id, Math.min(at, nextRunAt(schedule, publicId, now)));
      }
    }
  }

  return {
    async start() {
      await commits.run(() => catchUp(time.now()));
      isRunning = true;
      arm();
    },
    async stop() {
      isRunning = false;
      timer?.cancel();
      timer = null;
      const open = [...underWay.values()];
      for (const { ending } of open)
        ending.abort(new CutOff("the hub was stopped while this run was under way"));
      await Promise.allSettled(open.map(({ done }) => done));
    },
    async poll(connectorId) {
      if (!isRunning) throw new Problem("not_ready", { retryAfterSeconds: 5 });
      const current = underWay.get(connectorId);
      if (current === undefined) return begin(connectorId, "customer");
      current.next ??= Promise.withResolvers<RunRow>();
      return current.next.promise;
    },
    cutOff: (connectorId, why) => underWay.get(connectorId)?.ending.abort(new CutOff(why)),
    lookAnew() {
      for (const [id, { ending }] of underWay) {
        if (!rows.isLive(id)) ending.abort(new CutOff("the account was disabled, or the connector deleted"));
      }
      arm();
    },
  };
}
