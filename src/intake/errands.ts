import type { Step } from "../connectors/connector.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import type { ConnectorMemory } from "./connector-memory.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { Download } from "./download.ts";
import type { ErrandRow, ErrandRows } from "./errand-rows.ts";
import { nextErrandTryAt } from "./errand-tries.ts";
import { CutOff, failedRun } from "./failed-run.ts";
import type { FollowUps } from "./follow-ups.ts";
import type { Publish } from "./publish.ts";
import { doorOf, toDraft } from "./run.ts";
import { untilAborted } from "./until-aborted.ts";

/** Errands under way at once, of one connector and in all: they share the room that runs have at upstreams. */
const PER_CONNECTOR = 4;
const TOTAL = 64;

/** How long to wait before an errand whose end could not be written is begun again, ms. */
const REWRITE_MS = 5000;

/** Does what steps have left to be done, side by side, each until it is done or given up. */
export interface Errands {
  /** Begins with what the last hub has left. */
  start(): void;
  /** Cuts off what is under way; it is begun anew after the next start. */
  stop(): Promise<void>;
  /** A connector has got errands. */
  wake(connectorId: number): void;
  /** Connectors or customers have changed on disk. */
  lookAnew(): void;
}

/** One that is being done. */
interface UnderWay {
  connectorId: number;
  ending: AbortController;
  done: Promise<void>;
}

/** Opens the errands; none is begun before the start. */
export function openErrands(parts: {
  rows: ConnectorRows;
  errandRows: ErrandRows;
  memory: ConnectorMemory;
  connections: Connections;
  publish: Publish;
  followUps: FollowUps;
  download: Download;
  commits: GroupCommit;
  seams: Pick<Seams, "clock" | "random">;
  time: SteadyTime;
  log: Log;
}): Errands {
  const { rows, errandRows, memory, connections, publish, followUps, commits, seams, time, log } = parts;
  /** Of the connectors that have something to do: when their next errand is due that is not under way. */
  const dueAt = new Map<number, number>();
  const underWay = new Map<number, UnderWay>();
  /** How many of a connector's are under way. */
  const busy = new Map<number, number>();
  let isRunning = false;
  let timer: { at: number; cancel(): void } | null = null;

  function act(): void {
    const now = time.now();
    for (const [connectorId, at] of [...dueAt]) {
      if (underWay.size >= TOTAL) break;
      if (at <= now && hasRoom(connectorId)) beginOf(connectorId, now);
    }
    arm();
  }

  const hasRoom = (connectorId: number) => (busy.get(connectorId) ?? 0) < PER_CONNECTOR;

  function beginOf(connectorId: number, now: number): void {
    dueAt.delete(connectorId); // and to the end of the line, so that connectors take turns
    if (!errandRows.isActive(connectorId)) return;
    const next = errandRows.next(connectorId, 2 * PER_CONNECTOR).filter(({ id }) => !underWay.has(id));
    while (hasRoom(connectorId) && (next[0]?.dueAt ?? Number.NaN) <= now) {
      const row = next.shift();
      if (row !== undefined) begin(row);
    }
    const at = next[0]?.dueAt;
    if (at !== undefined && at !== null) dueAt.set(connectorId, at);
  }

  /** The timer stands on the earliest that has room; who has none is looked at when one of its own ends. */
  function arm(): void {
    const open = underWay.size < TOTAL ? [...dueAt].filter(([connectorId]) => hasRoom(connectorId)) : [];
    const at = isRunning && open.length > 0 ? Math.min(...open.map(([, at]) => at)) : null;
    if (at === (timer?.at ?? null)) return;
    timer?.cancel();
    timer = null;
    if (at === null) return;
    const fire = () => {
      timer = null;
      act();
    };
    timer = { at, cancel: seams.clock.setTimer(Math.max(0, at - time.now()), fire) };
  }

  function begin(row: ErrandRow): void {
    const { id, connectorId } = row;
    busy.set(connectorId, (busy.get(connectorId) ?? 0) + 1);
    const ending = new AbortController();
    const done = carryOut(row, ending.signal).finally(() => {
      underWay.delete(id);
      const left = (busy.get(connectorId) ?? 1) - 1;
      if (left === 0) busy.delete(connectorId);
      else busy.set(connectorId, left);
      wake(connectorId);
    });
    underWay.set(id, { connectorId, ending, done });
  }

  async function carryOut(errand: ErrandRow, signal: AbortSignal): Promise<void> {
    const row = rows.byId(errand.connectorId);
    if (row === null) return;
    try {
      await keep(row, errand, await untilAborted(() => perform(row, errand, signal), signal));
    } catch (error) {
      if (!signal.aborted) await fail(errand, error, signal);
    }
  }

  async function perform(row: ConnectorRow, errand: ErrandRow, signal: AbortSignal): Promise<Step> {
    const { connection } = connections.of(row);
    if (connection.run === undefined) return { drafts: [] }; // of an earlier version of its kind
    return connection.run(errand, {
      memory: { recall: (entity) => memory.recall(row.id, entity) },
      download: (url) => parts.download(row.customerId, url, signal),
      signal,
    });
  }

  async function keep(row: ConnectorRow, errand: ErrandRow, step: Step): Promise<void> {
    const { drafts } = step;
    await publish(
      drafts.map((draft) => toDraft(draft, row)),
      doorOf(row),
      (admitted) => {
        if (!rows.isOpen(row.id, row.version)) throw new CutOff("the connector was changed or deleted");
        memory.keepReceived(row.id, step);
        followUps.keep(row, { step, drafts, admitted });
        errandRows.done(errand, time.now());
      },
    );
  }

  async function fail(errand: ErrandRow, error: unknown, signal: AbortSignal): Promise<void> {
    const now = time.now();
    const failed = failedRun(error, now);
    if (failed.code === "internal_error") log.error("connector.broken", describeError(error));
    const dueAt = failed.isCutOff ? now : nextErrandTryAt(failed, errand, { now, chance: seams.random() });
    const { connectorId: connector, name, tries } = errand;
    log.info("connector.errand-failed", { connector, name, tries: tries + 1, reason: failed.code, dueAt });
    try {
      await commits.run(() => errandRows.failed(errand, failed, { now, dueAt }));
    } catch (unwritten) {
      log.error("connector.unwritten", describeError(unwritten));
      await seams.clock.sleep(REWRITE_MS, signal);
    }
  }

  function wake(connectorId: number): void {
    if (!isRunning) return;
    dueAt.set(connectorId, Number.NEGATIVE_INFINITY);
    act();
  }

  function lookAnew(): void {
    for (const { connectorId, ending } of underWay.values()) {
      if (!errandRows.isActive(connectorId)) ending.abort(new CutOff("the connector was paused or deleted"));
    }
    dueAt.clear();
    for (const { connectorId, dueAt: at } of errandRows.waiting()) dueAt.set(connectorId, at);
    act();
  }

  return {
    start() {
      isRunning = true;
      lookAnew();
    },
    async stop() {
      isRunning = false;
      timer?.cancel();
      timer = null;
      const open = [...underWay.values()];
      for (const { ending } of open) ending.abort(new CutOff("the hub was stopped"));
      await Promise.allSettled(open.map(({ done }) => done));
    },
    wake,
    lookAnew() {
      if (isRunning) lookAnew();
    },
  };
}
