import type { CommonSettings, Connection, Connector } from "../connectors/connector.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Environment } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { SettingsKeeper } from "./connector-settings.ts";
import type { CheckCredentials, CredentialCheck } from "./credential-check.ts";
import type { Poller } from "./poller.ts";
import type { RunRows } from "./run-rows.ts";
import type { GivenConnector, SaveConnector } from "./save-connector.ts";
import { nextRunAt } from "./schedule.ts";
import {
  connectorState,
  type ConnectorState,
  type ShownConnector,
  type ShownRun,
  shownConnector,
  shownRun,
} from "./shown-connector.ts";

/** How long a poll that was asked for may take before the answer goes out without its end, ms. */
export const POLL_PATIENCE_MS = 200_000;

/** A customer's ways into upstream systems; each is named within the customer. */
export interface Connectors {
  /** By name. */
  list(customerId: number): ShownConnector[];
  /** The same, without what must be unsealed for it. */
  states(customerId: number): ConnectorState[];
  /** @throws Problem connector_not_found */
  read(customerId: number, name: string): ShownConnector;
  /**
   * Makes one or changes it, then tries its credentials; an upstream that is down is no reason to refuse.
   * @throws Problem invalid_input, refused_upstream
   */
  put(
    customerId: number,
    name: string,
    given: GivenConnector,
  ): Promise<ShownConnector & { check: CredentialCheck }>;
  /** @throws Problem connector_not_found */
  setStatus(customerId: number, name: string, status: "active" | "paused"): Promise<void>;
  /** @throws Problem connector_not_found */
  remove(customerId: number, name: string): Promise<void>;
  /** Runs now; `isOver` is false where the run goes on after 200 s. @throws Problem connector_not_found, not_ready */
  poll(customerId: number, name: string): Promise<{ run: ShownRun; isOver: boolean }>;
  /** The last ones, newest first. @throws Problem connector_not_found */
  runs(customerId: number, name: string): ShownRun[];
  /** For a kind's own look-ups and commands. @throws Problem connector_not_found, other_kind */
  connect<S extends CommonSettings, C extends Connection>(
    customerId: number,
    name: string,
    kind: Connector<S, C>,
  ): Connected<C>;
}

/** A connector of a known kind, ready to be asked. */
export interface Connected<C extends Connection> {
  connectorId: string;
  environment: Environment;
  connection: C;
}

/** Opens the connectors. */
export function openConnectors(parts: {
  rows: ConnectorRows;
  runs: RunRows;
  settings: SettingsKeeper;
  connections: Connections;
  poller: Poller;
  save: SaveConnector;
  checkCredentials: CheckCredentials;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  /** Where the hub is reached from outside. */
  publicUrl: () => string;
}): Connectors {
  const { rows, runs, settings, connections, poller, commits, seams } = parts;
  const { clock } = seams;

  function find(customerId: number, name: string): ConnectorRow {
    const row = rows.named(customerId, name);
    if (row === null) throw new Problem("connector_not_found");
    return row;
  }

  function show(row: ConnectorRow): ShownConnector {
    const inboundUrl = takesWebhooks(row) ? `${parts.publicUrl()}/api/inbound/${row.publicId}` : null;
    return shownConnector(row, { secrets: Object.keys(settings.secrets(row)), inboundUrl });
  }

  function takesWebhooks(row: ConnectorRow): boolean {
    try {
      return connections.of(row).connection.receive !== undefined;
    } catch {
      return false; // this version wants other settings, as its runs will tell
    }
  }

  /** After a change is on disk: what was begun before it ends. */
  function end(row: ConnectorRow, why: string): void {
    poller.cutOff(row.id, why);
    poller.lookAnew();
  }

  return {
    list: (customerId) => rows.list(customerId).map(show),
    states: (customerId) => rows.list(customerId).map(connectorState),
    read: (customerId, name) => show(find(customerId, name)),
    async put(customerId, name, given) {
      const { row, before } = await parts.save(customerId, name, given);
      if (before !== null) connections.forget(before.id);
      if (before !== null) end(before, "the connector was changed");
      else poller.lookAnew();
      const check = await parts.checkCredentials(row);
      return { ...show(rows.byId(row.id) ?? row), check };
    },
    async setStatus(customerId, name, status) {
      const row = find(customerId, name);
      if (row.status === status) return;
      const now = clock.now();
      const next = status === "active" ? nextRunAt(row.schedule, row.publicId, now) : null;
      await commits.run(() => rows.setStatus(row.id, status, { now, nextRunAt: next }));
      end(row, "the connector was paused");
    },
    async remove(customerId, name) {
      const row = find(customerId, name);
      await commits.run(() => rows.remove(row.id, clock.now()));
      connections.forget(row.id);
      end(row, "the connector was deleted");
    },
    async poll(customerId, name) {
      const { id } = find(customerId, name);
      const run = poller.poll(id).then(shownRun);
      const isOver = new AbortController();
      const late = clock.sleep(POLL_PATIENCE_MS, isOver.signal).then(() => null);
      const finished = await Promise.race([run, late]).finally(() => isOver.abort());
      if (finished !== null) return { run: finished, isOver: true };
      run.catch(() => {}); // whoever asked has an answer
      const [underWay] = runs.list(id);
      if (underWay === undefined) throw new Problem("not_ready");
      return { run: shownRun(underWay), isOver: false };
    },
    runs: (customerId, name) => runs.list(find(customerId, name).id).map(shownRun),
    connect(customerId, name, kind) {
      const row = find(customerId, name);
      if (row.kind !== kind.kind) throw new Problem("other_kind");
      const { publicId: connectorId, environment } = row;
      const { connection } = connections.of(row);
      return { connectorId, environment, connection: connection as ReturnType<typeof kind.open> };
    },
  };
}
