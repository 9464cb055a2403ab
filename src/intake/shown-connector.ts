import type { Environment } from "../database/schema.ts";
import type { ConnectorRow } from "./connector-rows.ts";
import type { ErrandCounts, ErrandRow } from "./errand-rows.ts";
import type { RunRow } from "./run-rows.ts";

/** A connector as its customer sees it; nothing secret in it. */
export interface ShownConnector {
  connectorId: string;
  name: string;
  kind: string;
  environment: Environment;
  schedule: string;
  settings: Record<string, unknown>;
  /** The names of the secret settings that are set. */
  secrets: string[];
  /** `failing`: active, but the last try failed. */
  status: "active" | "paused" | "failing";
  createdAt: string;
  updatedAt: string;
  lastSuccessAt: string | null;
  /** Also of before the last success. */
  lastError: { code: string; message: string; at: string } | null;
  /** null: a run is under way, it is paused, or what failed last waits for a person. */
  nextRunAt: string | null;
  /** Where the upstream sends its webhooks; null for kinds without. */
  inboundUrl: string | null;
  /** What webhooks and runs have left to be done, such as look-ups and downloads. */
  errands: {
    waiting: number;
    givenUp: number;
    /** Of those that are not done yet. */
    lastError: { code: string; message: string; at: string } | null;
  };
  webhooks: {
    received: number;
    lastReceivedAt: string | null;
    /** Those that failed their check. */
    refused: number;
    lastRefusal: { reason: string; at: string } | null;
  };
}

/** How a connector fares, at one glance. */
export type ConnectorState = Pick<ShownConnector, "name" | "kind" | "status" | "nextRunAt" | "lastError">;

/** One poll as its customer sees it. */
export interface ShownRun {
  runId: string;
  askedBy: RunRow["askedBy"];
  status: RunRow["status"];
  startedAt: string;
  finishedAt: string | null;
  pages: number;
  items: number;
  /** New ones; what was admitted before does not count again. */
  events: number;
  /** Items that were older than what was known of them; they change nothing. */
  stale: number;
  requests: number;
  error: { code: string; message: string } | null;
  /** Whether everything was read that the upstream had. */
  complete: boolean;
}

/** What a customer sees of a row. */
export function shownConnector(
  row: ConnectorRow,
  more: {
    secrets: string[];
    inboundUrl: string | null;
    errands: ErrandCounts & { lastFailed: ErrandRow | null };
  },
): ShownConnector {
  const { name, kind, environment, schedule } = row;
  return {
    connectorId: row.publicId,
    name,
    kind,
    environment,
    schedule,
    settings: JSON.parse(row.settings),
    secrets: more.secrets,
    status: statusOf(row),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    lastSuccessAt: isoOrNull(row.lastSuccessAt),
    lastError: lastErrorOf(row),
    nextRunAt: isoOrNull(row.nextRunAt),
    inboundUrl: more.inboundUrl,
    errands: shownErrands(more.errands),
    webhooks: {
      received: row.received,
      lastReceivedAt: isoOrNull(row.lastReceivedAt),
      refused: row.refused,
      lastRefusal: told(row.lastRefusedAt, { reason: row.lastRefusal ?? "" }),
    },
  };
}

/** How a connector fares, by its row alone. */
export function connectorState(row: ConnectorRow): ConnectorState {
  return {
    name: row.name,
    kind: row.kind,
    status: statusOf(row),
    nextRunAt: isoOrNull(row.nextRunAt),
    lastError: lastErrorOf(row),
  };
}

/** What a customer sees of a run. */
export function shownRun(row: RunRow): ShownRun {
  const { publicId, askedBy, status, pages, items, events, stale, requests, errorCode, error } = row;
  return {
    runId: publicId,
    askedBy,
    status,
    startedAt: iso(row.startedAt),
    finishedAt: isoOrNull(row.finishedAt),
    pages,
    items,
    events,
    stale,
    requests,
    error: errorCode === null ? null : { code: errorCode, message: error ?? "" },
    complete: status === "complete",
  };
}

function shownErrands({ waiting, givenUp, lastFailed }: ErrandCounts & { lastFailed: ErrandRow | null }) {
  const error = { code: lastFailed?.errorCode ?? "", message: lastFailed?.error ?? "" };
  return { waiting, givenUp, lastError: told(lastFailed?.failedAt ?? null, error) };
}

function statusOf({ status, failures }: ConnectorRow): ShownConnector["status"] {
  if (status === "deleted") throw new Error("a deleted connector is not shown");
  return status === "active" && failures > 0 ? "failing" : status;
}

const lastErrorOf = (row: ConnectorRow) =>
  told(row.lastErrorAt, { code: row.lastErrorCode ?? "", message: row.lastError ?? "" });

const told = <T extends object>(at: number | null, what: T): (T & { at: string }) | null =>
  at === null ? null : { ...what, at: iso(at) };

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));
