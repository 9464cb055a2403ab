import type { Config } from "../config.ts";
import type { GroupCommit } from "../database/commit.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import type { Retention } from "./sweep.ts";

/** The first sweep comes this long after the start, ms: a restart has better things to do. */
const FIRST_SWEEP_MS = 60_000;

/** From the end of a sweep to the next, ms. */
const BETWEEN_SWEEPS_MS = 3_600_000;

/**
 * The pause after a batch that removed something, ms, and how many times as long as the batch it is at least: also on
 * a machine that is slow or busy, deliveries have the hub for themselves nine tenths of the time.
 */
const PAUSE_MS = 25;
const PAUSE_PER_BATCH = 9;

/** Sweeps away what is older than it must be kept, a little at a time. */
export interface Upkeep {
  start(): void;
  stop(): Promise<void>;
}

/** Opens the upkeep; nothing goes before it is started. */
export function openUpkeep(parts: {
  retentions: readonly Retention[];
  /** Moves what was logged into the file; called after each batch that removed something. */
  writeBack: () => void;
  commits: GroupCommit;
  config: Pick<Config, "retentionMs" | "deadLetterRetentionMs" | "dedupeMs" | "documentRetentionMs">;
  seams: Pick<Seams, "clock">;
  log: Log;
}): Upkeep {
  const { retentions, writeBack, commits, config, log } = parts;
  const { clock } = parts.seams;
  const stopping = new AbortController();
  let work = Promise.resolve();

  async function sweepForever(): Promise<void> {
    await clock.sleep(FIRST_SWEEP_MS, stopping.signal);
    while (!stopping.signal.aborted) {
      await sweep().catch((error: unknown) => log.error("upkeep.failed", describeError(error)));
      await clock.sleep(BETWEEN_SWEEPS_MS, stopping.signal);
    }
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    const cutoffs = {
      settled: now - config.retentionMs,
      deadLetters: now - config.deadLetterRetentionMs,
      dedupeKeys: now - config.dedupeMs,
      documents: now - config.documentRetentionMs,
    };
    let total = 0;
    for (const batch of retentions.flatMap((each) => each(cutoffs))) {
      for (let isDone = false; !isDone && !stopping.signal.aborted; ) {
        const beganAt = clock.monotonic();
        const result = await commits.run(batch);
        isDone = result.isDone;
        total += result.removed;
        if (result.removed === 0) continue;
        writeBack();
        const tookMs = clock.monotonic() - beganAt;
        await clock.sleep(Math.max(PAUSE_MS, PAUSE_PER_BATCH * tookMs), stopping.signal);
      }
    }
    if (total > 0) log.info("upkeep.swept", { removed: total });
  }

  return {
    start() {
      work = sweepForever();
    },
    async stop() {
      stopping.abort();
      await work;
    },
  };
}
