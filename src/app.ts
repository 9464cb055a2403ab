import { openCatalog } from "./catalog/catalog.ts";
import type { Config } from "./config.ts";
import { openAccounts } from "./customers/accounts.ts";
import type { Aftermath } from "./customers/aftermath.ts";
import { openAuctionIds } from "./customers/auction-ids.ts";
import { openHealth } from "./customers/health.ts";
import { openLimits } from "./customers/limits.ts";
import { type Operator, openOperator } from "./customers/operator.ts";
import type { OperatorSide } from "./customers/operator-wishes.ts";
import { openPasswords } from "./customers/passwords.ts";
import { DEFAULT_PUBLISHER, openPublishers, type Publishers } from "./customers/publishers.ts";
import { openSigningSecrets, type SigningSecrets } from "./customers/signing-secrets.ts";
import { openSubscriptions } from "./customers/subscriptions.ts";
import { GroupCommit } from "./database/commit.ts";
import { lockDataDir, openDataDir } from "./database/data-dir.ts";
import { openDisk } from "./database/disk.ts";
import { keptPublishKey, secretKeyFor } from "./database/keys.ts";
import { openStore, type Store } from "./database/open.ts";
import { openAttempts } from "./delivery/attempt.ts";
import { Backlog } from "./delivery/backlog.ts";
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
import { openTargetCheck } from "./delivery/target-check.ts";
import { openUpkeep } from "./delivery/upkeep.ts";
import { openAdminSocket } from "./http/admin-socket.ts";
import { openClientAddress } from "./http/client-address.ts";
import { openCredentials } from "./http/credentials.ts";
import { openServer } from "./http/server.ts";
import { openEvents } from "./intake/events.ts";
import { openPublish } from "./intake/publish.ts";
import type { Log } from "./log.ts";
import { openRecoveries } from "./routing/recoveries.ts";
import { openRouter } from "./routing/route.ts";
import { type Sealer, sealerFrom } from "./sealer.ts";
import type { Seams } from "./seams.ts";
import { VERSION } from "./version.ts";

/** What the hub stands on: an open, locked data folder. */
export interface Ground {
  store: Store;
  sealer: Sealer;
  commits: GroupCommit;
  /** Closes the database and gives the folder back. */
  close(): void;
}

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

/**
 * Opens the data folder for this process alone.
 * @throws DatabaseError when another process has it or the database is not ours.
 */
export function openGround(config: Config, seams: Seams): Ground {
  openDataDir(config.dataDir);
  const lock = lockDataDir(config.dataDir);
  try {
    const secretKey = secretKeyFor(config, seams.randomBytes);
    const sealer = sealerFrom(secretKey, seams.randomBytes);
    const store = openStore(config.dataDir, { now: seams.clock.now(), fingerprint: sealer.fingerprint });
    const commits = new GroupCommit(store.sqlite);
    const close = () => {
      store.close();
      lock.release();
    };
    return { store, sealer, commits, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Puts the hub together; the only place that knows every part. */
export async function openApp(parts: { config: Config; seams: Seams; log: Log }): Promise<App> {
  const ground = openGround(parts.config, parts.seams);
  try {
    return await assemble(parts, ground);
  } catch (error) {
    ground.close();
    throw error;
  }
}

async function assemble(
  { config, seams, log }: { config: Config; seams: Seams; log: Log },
  ground: Ground,
): Promise<App> {
  const { store, sealer, commits } = ground;
  const { sqlite } = store;
  const base = { store, commits, sealer, seams, config, log };
  const firstDelayMs = config.retryDelaysMs[0] ?? 0;

  const catalog = openCatalog();
  const signingSecrets = openSigningSecrets(base);
  const health = openHealth(sqlite);
  const backlog = new Backlog(sqlite);
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
      buried: (id, at) => outages.buried(id, at),
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
    deliveries,
    destinations,
    attempt,
    secretsFor: signingSecrets.secretsFor,
    retryDelaysMs: config.retryDelaysMs,
    settled({ id, subscriptionId }, { status }, endedAt) {
      if (status === "failed") outages.buried(id, endedAt); // by the health before this attempt
      health.note(subscriptionId, status === "success", endedAt);
      if (status === "success") outages.succeeded(id, endedAt);
    },
  });
  const replays = openReplays({ ...base, sqlite, deliveries, firstDelayMs });
  const outages = openOutages({ ...base, sqlite, replays, health, dispatcher });
  const recoveries = openRecoveries({ ...base, sqlite, replays, dispatcher, mode: config.auctionIds });
  const upkeep = openUpkeep({ ...base, retention: openRetention(sqlite) });
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
  });

  const newPublishKey = await keepPublishKey(config, publishers);
  const server = openServer({
    log,
    catalog,
    accounts,
    auctionIds,
    subscriptions,
    signingSecrets,
    recoveries,
    deliveryList,
    deadLetters,
    publish,
    credentials: openCredentials({ ...base, accounts, publishers }),
    clientAddress: openClientAddress({ config }),
  });
  const adminSocket = openAdminSocket({ dataDir: config.dataDir, side: { operator, publishers }, log });

  return {
    async start() {
      const { port } = await server.listen(config.host, config.port);
      dispatcher.start();
      outages.start();
      recoveries.start();
      upkeep.start();
      adminSocket.listen();
      return { port };
    },
    async stop() {
      // Side by side: what is under way on each may take its time, and a container waits for 15 s only.
      await Promise.all([adminSocket, server, outages, recoveries, upkeep].map((part) => part.stop()));
      await dispatcher.stop();
      await commits.idle();
      ground.close();
    },
    async idle() {
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

/**
 * Opens the data folder for the operator alone, where no hub runs; nothing is delivered.
 * @throws DatabaseError as `openGround` does.
 */
export function openOperatorAlone(config: Config, seams: Seams): { side: OperatorSide; close(): void } {
  const ground = openGround(config, seams);
  const aftermath: Aftermath = { deleted() {}, recoversByHand() {}, changed() {}, committed() {} };
  const base = { ...ground, seams, config };
  const side = openOperatorSide({ ...base, signingSecrets: openSigningSecrets(base), aftermath });
  return { side, close: ground.close };
}

/** What grants the operator's wishes, in a whole hub and without one. */
function openOperatorSide(parts: {
  store: Store;
  commits: GroupCommit;
  sealer: Sealer;
  seams: Seams;
  config: Config;
  signingSecrets: SigningSecrets;
  aftermath: Aftermath;
}) {
  const passwords = openPasswords();
  const auctionIds = openAuctionIds(parts);
  const operator = openOperator({ ...parts, passwords, auctionIds });
  return { passwords, auctionIds, operator, publishers: openPublishers(parts) };
}

/** PUBLISH_KEY where it is set; else the key in the data folder, made at the first start. */
async function keepPublishKey(config: Config, publishers: Publishers): Promise<string | null> {
  if (config.publishKey !== null) {
    await publishers.setDefault(config.publishKey);
    return null;
  }
  if (publishers.list().some(({ name }) => name === DEFAULT_PUBLISHER)) return null;
  const { key, isNew } = keptPublishKey(config.dataDir, publishers.generateKey);
  await publishers.setDefault(key);
  return isNew ? key : null;
}
