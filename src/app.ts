import { openCatalog } from "./catalog/catalog.ts";
import { openCommands } from "./commands/commands.ts";
import { type Config, publicUrlOf } from "./config.ts";
import { allKinds, type Registry } from "./connectors/registry.ts";
import type { Aftermath } from "./customers/aftermath.ts";
import { openCustomerSide } from "./customers/customer-side.ts";
import { openHealth } from "./customers/health.ts";
import type { Operator } from "./customers/operator.ts";
import type { Publishers } from "./customers/publishers.ts";
import { openSigningSecrets } from "./customers/signing-secrets.ts";
import { openDisk } from "./database/disk.ts";
import { Backlog } from "./delivery/backlog.ts";
import { openDeadLetterGroups } from "./delivery/dead-letter-groups.ts";
import { openDeadLetters } from "./delivery/dead-letters.ts";
import { openDeliveryList } from "./delivery/delivery-list.ts";
import { openDeliverySide } from "./delivery/delivery-side.ts";
import { openPageKeys } from "./delivery/page-keys.ts";
import { openRetention } from "./delivery/retention.ts";
import { SteadyTime } from "./delivery/steady-time.ts";
import { openTargetCheck } from "./delivery/target-check.ts";
import { openTestEvents } from "./delivery/test-events.ts";
import { openUpkeep } from "./delivery/upkeep.ts";
import { openDocumentArchive } from "./documents/archive.ts";
import { openDocumentFiles } from "./documents/files.ts";
import { type Ground, keepPublishKey, openGround } from "./ground.ts";
import { openAdminSocket } from "./http/admin-socket.ts";
import { openCameByHttps } from "./http/came-by-https.ts";
import { openClientAddress } from "./http/client-address.ts";
import { openCredentials } from "./http/credentials.ts";
import { openServer } from "./http/server.ts";
import { openConnectorSide } from "./intake/connector-side.ts";
import { openEvents } from "./intake/events.ts";
import { openPublish } from "./intake/publish.ts";
import type { Log } from "./log.ts";
import { Counts } from "./overview/counts.ts";
import { openOverviewSide } from "./overview/overview-side.ts";
import { openExplain } from "./routing/explain.ts";
import { openRecoveries } from "./routing/recoveries.ts";
import { openRouter } from "./routing/route.ts";
import type { Seams } from "./seams.ts";

/** A whole hub in this process. */
export interface App {
  /** Begins to deliver and to answer; resolves with the port it listens on. */
  start(): Promise<{ port: number }>;
  /** Stops listening, lets what is under way end, and closes the database. */
  stop(): Promise<void>;
  operator: Operator;
  publishers: Publishers;
  /** The key of publisher `default`, when this start has made it. */
  newPublishKey: string | null;
  /** Resolves when no attempt is under way and no write waits. */
  idle(): Promise<void>;
  /** Answers a request without a socket. */
  handle(request: Request): Promise<Response>;
}

/** What a hub is made from. */
interface AppParts {
  config: Config;
  seams: Seams;
  log: Log;
  /** The kinds of connectors it knows; all by default. */
  kinds?: Registry;
}

/** What is to be done about a database that was found damaged. */
const DAMAGED = "lanehook.db is damaged: nothing more is taken in; restore a backup";

/** Puts the hub together; the only place that knows every part. */
export async function openApp(parts: AppParts): Promise<App> {
  const ground = openGround(parts.config, parts.seams);
  try {
    return await assemble(parts, ground);
  } catch (error) {
    await ground.close();
    throw error;
  }
}

async function assemble({ config, seams, log, kinds = allKinds }: AppParts, ground: Ground): Promise<App> {
  const { store, sealer, commits } = ground;
  const { sqlite } = store;
  const base = { store, commits, sealer, seams, config, log };
  const firstDelayMs = config.retryDelaysMs[0] ?? 0;

  const catalog = openCatalog();
  const signingSecrets = openSigningSecrets(base);
  const time = new SteadyTime(seams.clock);
  const health = openHealth(sqlite);
  const backlog = new Backlog(sqlite);
  const counts = new Counts({ ...base, sqlite, time, firstDelayMs });
  const router = openRouter(sqlite, config.auctionIds);
  const { deliveries, dispatcher, replays, outages, attempt } = openDeliverySide({
    ...base,
    sqlite,
    time,
    health,
    backlog,
    counts,
    secretsFor: signingSecrets.secretsFor,
    moved: (customerId, parcel, status) => watch.moved(customerId, parcel, status),
  });
  const recoveries = openRecoveries({ ...base, sqlite, replays, dispatcher, mode: config.auctionIds });
  const explain = openExplain({ ...base, sqlite, mode: config.auctionIds });
  const aftermath: Aftermath = {
    deleted(subscriptionId, now) {
      deliveries.cancelPending(subscriptionId, now);
      outages.end(subscriptionId);
      recoveries.end(subscriptionId, now);
      health.forget(subscriptionId);
    },
    recoversByHand: outages.end,
    changed: router.changed,
    committed(customerId) {
      dispatcher.changed(customerId);
      outages.lookAnew();
      connectorSide.lookAnew();
    },
  };
  commits.listen({ rolledBack: health.rolledBack });
  commits.listen({ rolledBack: router.rolledBack });
  commits.onDiskFailure = (code) =>
    log.error("database.failed", { code, ...(commits.isDamaged && { reason: DAMAGED }) });

  const checkTarget = openTargetCheck({ seams, allowTargets: config.allowTargets });
  const customerSide = openCustomerSide({ ...base, catalog, signingSecrets, health, checkTarget, aftermath });
  const { accounts, limits, auctionIds, subscriptions, operator, publishers } = customerSide;

  const pageKeys = openPageKeys(sealer);
  const deliveryList = openDeliveryList(sqlite, pageKeys);
  const deadLetters = openDeadLetters({ ...base, sqlite, replays, dispatcher, pageKeys });
  const events = openEvents(sqlite);
  const disk = openDisk({ ...base, dataDir: config.dataDir, minFreeBytes: config.minFreeBytes });
  const { maxPending } = config;
  const publish = openPublish({
    ...base,
    events,
    deliveries,
    router,
    dispatcher,
    disk,
    backlog,
    maxPending,
    time,
    firstDelayMs,
    admitted: counts.admitted,
  });

  const files = openDocumentFiles({ ...base, dataDir: config.dataDir });
  const documents = openDocumentArchive({ ...base, sqlite, files, pageKeys });
  let listening = { port: config.port };
  const connectorSide = openConnectorSide({
    ...base,
    kinds,
    publish,
    archive: documents,
    files,
    disk,
    checkTarget,
    time,
    publicUrl: () => publicUrlOf(config, listening.port),
  });
  const { connectors, receiver } = connectorSide;
  const commands = openCommands({
    ...base,
    sqlite,
    pageKeys,
    commandsOf: (connectorId) => connectors.reconnect(connectorId)?.commands ?? null,
  });
  const overviewSide = openOverviewSide({ ...base, sqlite, counts, backlog, connectors });
  const { overviewOf, watch } = overviewSide;
  const retentions = [
    openRetention({ ...base, sqlite, letterGone: counts.letterGone }),
    connectorSide.retention,
    documents.retention,
    commands.retention,
    recoveries.retention,
    explain.retention,
    overviewSide.retention,
  ];
  const upkeep = openUpkeep({ ...base, retentions, writeBack: ground.checkpoints.catchUp });

  const newPublishKey = await keepPublishKey(config, publishers);
  const server = openServer({
    log,
    catalog,
    accounts,
    auctionIds,
    subscriptions,
    signingSecrets,
    recoveries,
    explain,
    sendTestEvent: openTestEvents({ ...base, attempt, catalog, subscriptions, signingSecrets, limits }),
    deliveryList,
    deadLetters,
    deadLetterGroups: openDeadLetterGroups(sqlite),
    publish,
    connectors,
    commands,
    documents,
    receiver,
    overviewOf,
    watch,
    clock: seams.clock,
    credentials: openCredentials({ ...base, accounts, publishers }),
    clientAddress: openClientAddress({ config }),
    cameByHttps: openCameByHttps({ config }),
    config,
  });
  const adminSocket = openAdminSocket({ dataDir: config.dataDir, side: { operator, publishers }, log });

  return {
    async start() {
      listening = await server.listen(config.host, config.port);
      dispatcher.start();
      outages.start();
      recoveries.start();
      upkeep.start();
      adminSocket.listen();
      await connectorSide.start();
      commands.start();
      return listening;
    },
    async stop() {
      // Side by side: what is under way on each may take its time, and a container waits for 15 s only.
      await Promise.all(
        [adminSocket, server, watch, commands, connectorSide, outages, recoveries, upkeep].map((part) =>
          part.stop(),
        ),
      );
      await dispatcher.stop();
      await commits.idle();
      await counts.stop();
      await ground.close();
    },
    async idle() {
      await connectorSide.idle();
      await outages.idle();
      await recoveries.idle();
      await commits.idle();
      await dispatcher.idle();
    },
    operator,
    publishers,
    newPublishKey,
    handle: server.handle,
  };
}
