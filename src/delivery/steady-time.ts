import type { Database } from "bun:sqlite";
import type { GroupCommit } from "../database/commit.ts";
import type { Clock } from "../seams.ts";

/** What outlives a restart: the latest instant that was kept, ms, and who keeps the next. */
interface Memory {
  keptAt: number;
  keep: (instant: number) => void;
}

const NOTHING_KEPT: Memory = { keptAt: 0, keep() {} };

/** The instant that is kept is at most this old while the hub is at work, ms. */
const KEEP_EVERY_MS = 10_000;

/**
 * The time that waits are counted in: it follows the time of day forward and never goes back. Where the clock of the
 * machine is set back an hour, a retry that is due in five seconds is still made in five.
 */
export class SteadyTime {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #keep: (instant: number) => void;
  #keptAt: number;
  /** How far this is ahead of the monotonic clock, ms; it only grows, so nothing is lost to rounding. */
  #ahead: number;

  constructor(clock: Pick<Clock, "now" | "monotonic">, { keptAt, keep }: Memory = NOTHING_KEPT) {
    this.#clock = clock;
    this.#keep = keep;
    this.#keptAt = keptAt;
    this.#ahead = Math.max(keptAt, clock.now()) - clock.monotonic();
  }

  /** The last whole millisecond that has come, UTC, unless the clock was set back; then ahead of it. */
  now = (): number => Math.floor(this.#read());

  /** The first whole millisecond at which a wait that begins at this moment is over. */
  after = (waitMs: number): number => Math.ceil(this.#read() + waitMs);

  #read(): number {
    const timeOfDay = this.#clock.now(); // read first: a pause between the two must not count as time that has passed
    const monotonic = this.#clock.monotonic();
    this.#ahead = Math.max(this.#ahead, timeOfDay - monotonic);
    const now = monotonic + this.#ahead;
    if (now - this.#keptAt >= KEEP_EVERY_MS) {
      this.#keptAt = now;
      this.#keep(Math.floor(now));
    }
    return now;
  }
}

/** Under this key the database keeps an instant of steady time, because due times are told in it. */
const INSTANT = "steady_time";

/** Opens steady time no earlier than the last run of the hub left it, so that a restart lengthens no wait either. */
export function openSteadyTime(parts: {
  sqlite: Database;
  commits: GroupCommit;
  seams: { clock: Clock };
}): SteadyTime {
  const { sqlite, commits, seams } = parts;
  const kept = sqlite.query<{ value: string }, [string]>("SELECT value FROM hub WHERE key = ?").get(INSTANT);
  const newest = sqlite.query<{ at: number | null }, []>("SELECT max(admitted_at) AS at FROM events").get();
  const write = sqlite.prepare("INSERT OR REPLACE INTO hub (key, value) VALUES (?, ?)");
  return new SteadyTime(seams.clock, {
    keptAt: Math.max(Number(kept?.value ?? 0), newest?.at ?? 0),
    keep: (instant) => {
      // What cannot be written now is in ten seconds; at worst the next start takes waits for an hour longer.
      commits.run(() => write.run(INSTANT, String(instant))).catch(() => {});
    },
  });
}
