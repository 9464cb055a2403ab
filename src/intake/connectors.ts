import type { CommonSettings, Connection, Connector, Step } from "../connectors/connector.ts";
import { commitOrProblem } from "../customers/commit-or-problem.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Environment } from "../database/schema.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Connections } from "./connections.ts";
import type { ConnectorMemory } from "./connector-memory.ts";
import type { ConnectorRow, ConnectorRows } from "./connector-rows.ts";
import type { SettingsKeeper } from "./connector-settings.ts";
import type { CheckCredentials, CredentialCheck } from "./credential-check.ts";
import type { ErrandRows } from "./errand-rows.ts";
import type { Poller } from "./poller.ts";
import type { Refusals } from "./refusals.ts";
import type { RunRows } from "./run-rows.ts";
import type { GivenConnector, SaveConnector } from "./save-connector.ts";
import { nextRunAt } from "./schedule.ts";
import {
  type ConnectorState,
  connectorState,
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
  list(customerId: number): Promise<ShownConnector[]>;
  /** The same, without what must be unsealed for it. */
  states(customerId: number): ConnectorState[];
  /** @throws Problem connector_not_found */
  read(customerId: number, name: string): Promise<ShownConnector>;
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
  /** What a connector remembers of one thing; null: nothing. @throws Problem connector_not_found, other_kind */
  recall(place: Place, entity: string): string | null;
  /** Keeps what a customer says of the upstream's things. @throws Problem connector_not_found, other_kind */
  remember(place: Place, told: Pick<Step, "remember" | "forget">): Promise<void>;
  /** What a connector is named by, for what is kept of it. @throws Problem connector_not_found */
  idOf(customerId: number, name: string): string;
  /** By its id, for what was begun through it; null: it is gone, or its customer is disabled. */
  reconnect(connectorId: string): Connection | null;
}

/** A connector of a known kind, by its name. */
export interface Place {
  customerId: number;
  name: string;
  kind: string;
}

/** A connector of a known kind, ready to be asked. */
export interface Connected<C extends Connection> {
  /** Of its row; `connectorId` is what the API shows. */
  id: number;
  connectorId: string;
  environment: Environment;
  connection: C;
}

/** Opens the connectors. */
export function openConnectors(parts: {
  rows: ConnectorRows;
  runs: RunRows;
  errandRows: Pick<ErrandRows, "counts" | "lastFailed">;
  settings: SettingsKeeper;
  memory: ConnectorMemory;
  connections: Connections;
  poller: Poller;
  save: SaveConnector;
  checkCredentials: CheckCredentials;
  refusals: Refusals;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  /** Where the hub is reached from outside. */
  publicUrl: () => string;
  /** What the times of coming runs are told in. */
  time: SteadyTime;
}): Connectors {
  const { rows, runs, errandRows, settings, memory, connections, poller, commits, seams } = parts;
  const { clock } = seams;

  function find(customerId: number, name: string): ConnectorRow {
    const row = rows.named(customerId, name);
    if (row === null) throw new Problem("connector_not_found");
    return row;
  }

  function findOfKind({ customerId, name, kind }: Place): ConnectorRow {
    const row = find(customerId, name);
    if (row.kind !== kind) throw new Problem("other_kind");
    return row;
  }

  function show(row: ConnectorRow): ShownConnector {
    const inboundUrl = takesWebhooks(row) ? `${parts.publicUrl()}/api/inbound/${row.publicId}` : null;
    const errands = { ...errandRows.counts(row.id), lastFailed: errandRows.lastFailed(row.id) };
    return shownConnector(row, { secrets: Object.keys(settings.secrets(row)), inboundUrl, errands });
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
    async list(customerId) {
      await parts.refusals.written();
      return rows.list(customerId).map(show);
    },
    async read(customerId, name) {
      await parts.refusals.written();
      return show(find(customerId, name));
    },
    states: (customerId) => rows.list(customerId).map(connectorState),
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
      const next = status === "active" ? nextRunAt(row.schedule, row.publicId, parts.time.now()) : null;
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
      const row = findOfKind({ customerId, name, kind: kind.kind });
      const { id, publicId: connectorId, environment } = row;
      const { connection } = connections.of(row);
      return { id, connectorId, environment, connection: connection as ReturnType<typeof kind.open> };
    },
    recall: (place, entity) => memory.recall(findOfKind(place).id, entity),
    async remember(place, told) {
      const { id } = findOfKind(place);
      await commitOrProblem(commits, () => {
        if (!rows.isLive(id)) return new Problem("connector_not_found");
        return memory.keepReceived(id, { drafts: [], ...told });
      });
    },
    idOf: (customerId, name) => find(customerId, name).publicId,
    reconnect(connectorId) {
      const row = rows.inbound(connectorId);
      try {
        return row === null ? null : connections.of(row).connection;
      } catch {
        return null; // this version wants other settings, as its runs will tell
      }
    },
  };
}
