import type { Database } from "bun:sqlite";
import type { Config } from "../config.ts";
import type { HealthRecord } from "../customers/health.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import { VERSION } from "../version.ts";
import { openAttempts } from "./attempt.ts";
import type { Backlog } from "./backlog.ts";
import { openDeliveries } from "./deliveries.ts";
import { openDestinations } from "./destinations.ts";
import { Dispatcher, type DispatcherParts } from "./dispatcher.ts";
import type { DueDelivery } from "./lane.ts";
import { openOutages } from "./outages.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { openReplays } from "./replays.ts";
import type { Settlement } from "./settle.ts";
import type { SteadyTime } from "./steady-time.ts";

/** Who keeps account of what is delivered and buried; told inside the transactions. */
interface Account {
  settled(delivery: DueDelivery, status: Settlement["status"], endedAt: number): void;
  buried(customerId: number): void;
  /** A dead letter waits no more. */
  letterGone(customerId: number): void;
}

/** Puts together what brings deliveries to their receivers, and back after an outage. */
export function openDeliverySide(
  parts: {
    sqlite: Database;
    commits: GroupCommit;
    seams: Seams;
    config: Config;
    time: SteadyTime;
    health: HealthRecord;
    backlog: Backlog;
    counts: Account;
    log: Log;
  } & Pick<DispatcherParts, "secretsFor" | "moved">,
) {
  const { sqlite, commits, seams, config, health, backlog, counts } = parts;
  const destinations = openDestinations(sqlite);
  const queue = new ReadyQueue({
    slots: config.deliveryConcurrency,
    factsOf: (subscriptionId) => ({
      isOpen: destinations.find(subscriptionId)?.isOpen ?? false,
      isFailing: health.of(subscriptionId).consecutiveFailures > 0,
    }),
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
    ...parts,
    queue,
    deliveries,
    destinations,
    attempt,
    retryDelaysMs: config.retryDelaysMs,
    settled(delivery, { status }, endedAt) {
      const { id, subscriptionId } = delivery;
      counts.settled(delivery, status, endedAt);
      if (status === "failed") outages.buried(id); // by the health before this attempt
      health.note(subscriptionId, status === "success", endedAt);
      if (status === "success") outages.succeeded(id);
    },
  });
  const firstDelayMs = config.retryDelaysMs[0] ?? 0;
  const replays = openReplays({ ...parts, deliveries, firstDelayMs, replayed: counts.letterGone });
  const outages = openOutages({ ...parts, replays, dispatcher });
  commits.listen({ committed: () => backlog.committed(), rolledBack: () => backlog.rolledBack() });
  commits.listen({ committed: outages.committed });
  return { deliveries, dispatcher, replays, outages, attempt };
}
