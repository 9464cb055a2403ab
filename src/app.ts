import { openCatalog } from "./catalog/catalog.ts";
import { type Config, publicUrlOf } from "./config.ts";
import { allKinds, type Registry } from "./connectors/registry.ts";
import { openAccounts } from "./customers/accounts.ts";
import type { Aftermath } from "./customers/aftermath.ts";
import { openHealth } from "./customers/health.ts";
import { openLimits } from "./customers/limits.ts";
import type { Operator } from "./customers/operator.ts";
import type { Publishers } from "./customers/publishers.ts";
import { openSigningSecrets } from "./customers/signing-secrets.ts";
import { openSubscriptions } from "./customers/subscriptions.ts";
import { openDisk } from "./database/disk.ts";
import { openAttempts } from "./delivery/attempt.ts";
import { Backlog } from "./delivery/backlog.ts";
import { openDeadLetterGroups } from "./delivery/dead-letter-groups.ts";
import { openDeadLetters } from "./delivery/dead-letters.ts";
import { openDeliveries } from "./delivery/deliveries.ts";
import { openDeliveryList } from "./delivery/delivery-list.ts";
import { openDestinations } from "./delivery/destinations.ts";
import { Dispatcher } from "./delivery/dispatcher.ts";
import { openOutages } from "./delivery/outages.ts";
import { openPageKeys } from "./delivery/page-keys.ts";
import { ReadyQueue } from "./delivery/ready-queue.ts";
import { openReplays } from "./delivery/replays.ts";
import { openRetention } from "./delivery/retention.ts";
import { SteadyTime } from "./delivery/steady-time.ts";
import { openTargetCheck } from "./delivery/target-check.ts";
import { openTestEvents } from "./delivery/test-events.ts";
import { openUpkeep } from "./delivery/upkeep.ts";
import { type Ground, keepPublishKey, openGround, openOperatorSide } from "./ground.ts";
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
import { VERSION } from "./version.ts";

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

/** Puts the hub together; the only place that knows every part. */
export async function openApp(parts: AppParts): Promise<App> {
  const ground = openGround(parts.config, parts.seams);
  try {
    return await assemble(parts, ground);
  } catch (error) {
    ground.close();
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
  const counts = new Counts({ ...base, sqlite, firstDelayMs });
  const destinations = openDestinations(sqlite);
  const router = openRouter(sqlite, config.auctionIds);
  const queue = new ReadyQueue({
    slots: config.deliveryConcurrency,
    isOpen: (subscriptionId) => destinations.find(subscriptionId)?.isOpen ?? false,
  });
  const deliveries = openDeliveries({
    sqlite,
    backlog,
    overflow: {
      most: config.maxPendingPerSubscription,
      heldBy: (subscriptionId) => queue.heldBy(subscriptionId),
      buried(id, customerId) {
        counts.buried(customerId);
        outages.buried(id);
      },
    },
  });
  const attempt = openAttempts({
    seams,
    allowTargets: config.allowTargets,
    timeoutMs: config.deliveryTimeoutMs,
    userAgent: `lanehook/${VERSION}`,
  });
  const dispatcher = new Dispatcher({
    ...base,
    queue,
    backlog,
    time,
    deliveries,
    destinations,
    attempt,
    secretsFor: signingSecrets.secretsFor,
    retryDelaysMs: config.retryDelaysMs,
    settled(delivery, { status }, endedAt) {
      const { id, subscriptionId } = delivery;
      counts.settled(delivery, status, endedAt);
      if (status === "failed") outages.buried(id); // by the health before this attempt
      health.note(subscriptionId, status === "success", endedAt);
      if (status === "success") outages.succeeded(id);
    },
    moved: (customerId, parcel, status) => watch.moved(customerId, parcel, status),
  });
  const replays = openReplays({
    ...base,
    sqlite,
    deliveries,
    firstDelayMs,
    replayed: counts.letterGone,
  });
  const outages = openOutages({ ...base, sqlite, replays, health, dispatcher, time });
  const recoveries = openRecoveries({ ...base, sqlite, replays, dispatcher, mode: config.auctionIds });
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
      poller.lookAnew();
    },
  };
  commits.listen({ committed: () => backlog.committed(), rolledBack: () => backlog.rolledBack() });
  commits.listen({ committed: outages.committed });
  commits.listen({ rolledBack: health.rolledBack });
  commits.listen({ rolledBack: router.rolledBack });
  commits.onDiskFailure = (code) => log.error("database.failed", { code });

  const { passwords, auctionIds, operator, publishers } = openOperatorSide({
    ...base,
    signingSecrets,
    aftermath,
  });
  const limits = openLimits({ clock: seams.clock, config });
  const accounts = openAccounts({ ...base, passwords, limits, signingSecrets, auctionIds });
  const checkTarget = openTargetCheck({ seams, allowTargets: config.allowTargets });
  const subscriptions = openSubscriptions({
    ...base,
    catalog,
    auctionIds,
    checkTarget,
    health,
    aftermath,
  });

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
    firstDelayMs,
    admitted: counts.admitted,
  });

  let listening = { port: config.port };
  const connectorSide = openConnectorSide({
    ...base,
    kinds,
    publish,
    checkTarget,
    time,
    publicUrl: () => publicUrlOf(config, listening.port),
  });
  const { connectors, receiver, poller } = connectorSide;
  const overviewSide = openOverviewSide({ ...base, sqlite, counts, backlog, connectors });
  const { overviewOf, watch } = overviewSide;
  const ofDeliveries = openRetention(sqlite, counts.lettersGone);
  const retentions = [ofDeliveries, connectorSide.retention, overviewSide.retention];
  const upkeep = openUpkeep({ ...base, retentions });

  const newPublishKey = await keepPublishKey(config, publishers);
  const server = openServer({
    log,
    catalog,
    accounts,
    auctionIds,
    subscriptions,
    signingSecrets,
    recoveries,
    explain: openExplain({ ...base, sqlite, mode: config.auctionIds }),
    sendTestEvent: openTestEvents({ ...base, attempt, catalog, subscriptions, signingSecrets, limits }),
    deliveryList,
    deadLetters,
    deadLetterGroups: openDeadLetterGroups(sqlite),
    publish,
    connectors,
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
      await poller.start();
      return listening;
    },
    async stop() {
      // Side by side: what is under way on each may take its time, and a container waits for 15 s only.
      await Promise.all(
        [adminSocket, server, watch, poller, outages, recoveries, upkeep].map((part) => part.stop()),
      );
      await dispatcher.stop();
      await commits.idle();
      await counts.stop();
      ground.close();
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
