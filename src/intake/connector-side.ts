import type { Registry } from "../connectors/registry.ts";
import type { CheckTarget } from "../customers/subscriptions.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Disk } from "../database/disk.ts";
import type { Store } from "../database/open.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import type { Retention } from "../delivery/sweep.ts";
import type { DocumentArchive } from "../documents/archive.ts";
import type { DocumentFiles } from "../documents/files.ts";
import type { Log } from "../log.ts";
import type { Network } from "../networks.ts";
import type { Sealer } from "../sealer.ts";
import { afterReadyIo, type Seams } from "../seams.ts";
import { openConnections } from "./connections.ts";
import { openConnectorMemory } from "./connector-memory.ts";
import { openConnectorRetention } from "./connector-retention.ts";
import { openConnectorRows } from "./connector-rows.ts";
import { openSettingsKeeper } from "./connector-settings.ts";
import { type Connectors, openConnectors } from "./connectors.ts";
import { openCredentialCheck } from "./credential-check.ts";
import { openDownload } from "./download.ts";
import { openErrandRows } from "./errand-rows.ts";
import { type Errands, openErrands } from "./errands.ts";
import { openFollowUps } from "./follow-ups.ts";
import { openPoller, type Poller } from "./poller.ts";
import type { Publish } from "./publish.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { openRefusals } from "./refusals.ts";
import { openRun } from "./run.ts";
import { openRunRows } from "./run-rows.ts";
import { openSaveConnector } from "./save-connector.ts";
import { openUpstreams } from "./upstream.ts";

/** All that has to do with connectors. */
export interface ConnectorSide {
  connectors: Connectors;
  receiver: Receiver;
  /** Begins to poll. */
  start(): Promise<void>;
  /** Cuts off what is under way and resolves once that is written. */
  stop(): Promise<void>;
  /** Connectors or customers have changed on disk: runs may have to end, and when to poll next may differ. */
  lookAnew(): void;
  retention: Retention;
  /** Resolves when no upstream is asked and nothing that one brought waits to be kept; what waits on the clock may go on. */
  idle(): Promise<void>;
}

/** Puts the connectors' side of the hub together. */
export function openConnectorSide(parts: {
  kinds: Registry;
  store: Store;
  sealer: Sealer;
  commits: GroupCommit;
  seams: Seams;
  config: { allowTargets: readonly Network[]; runDeadlineMs: number };
  publish: Publish;
  archive: DocumentArchive;
  files: DocumentFiles;
  disk: Disk;
  checkTarget: CheckTarget;
  time: SteadyTime;
  publicUrl: () => string;
  log: Log;
}): ConnectorSide {
  const { store, sealer, commits, config } = parts;
  const rows = openConnectorRows(store.sqlite);
  const runs = openRunRows(store.sqlite);
  const memory = openConnectorMemory(store.sqlite);
  const settings = openSettingsKeeper(sealer);
  const upstreams = openUpstreams({ ...parts, allowTargets: config.allowTargets });
  const connections = openConnections({ ...parts, settings, upstreams });
  const refusals = openRefusals({ ...parts, rows });
  const errandRows = openErrandRows(store.sqlite);
  const followUps = openFollowUps({ ...parts, errandRows });
  const wake = (connectorId: number) => errands.wake(connectorId);
  const state = { rows, runs, memory, settings, connections, refusals, errandRows };
  const base = { ...parts, ...state, followUps, wake };
  const errands = openErrands({ ...base, download: openDownload({ ...parts, upstreams }) });
  const run = openRun({ ...base, runDeadlineMs: config.runDeadlineMs });
  const poller = withErrands(openPoller({ ...base, run }), errands);
  const save = openSaveConnector(base);
  const checkCredentials = openCredentialCheck(base);
  return {
    connectors: openConnectors({ ...base, poller, save, checkCredentials }),
    receiver: openReceiver(base),
    start: poller.start,
    lookAnew: poller.lookAnew,
    async stop() {
      await poller.stop();
      await refusals.stop();
    },
    retention: openConnectorRetention(store.sqlite),
    async idle() {
      do {
        await upstreams.idle();
        await commits.idle();
        await new Promise<void>((resolve) => afterReadyIo(resolve)); // an answer brings a write, and that the next question
      } while (upstreams.areAsked() || commits.hasWaiting);
    },
  };
}

/** What starts, stops and changes the polling does so to the errands, too. */
function withErrands(poller: Poller, errands: Errands): Poller {
  return {
    ...poller,
    async start() {
      await poller.start();
      errands.start();
    },
    async stop() {
      await Promise.all([poller.stop(), errands.stop()]);
    },
    lookAnew() {
      poller.lookAnew();
      errands.lookAnew();
    },
  };
}
