import type { Database } from "bun:sqlite";
import type { GroupCommit } from "../database/commit.ts";
import type { Clock } from "../seams.ts";

/** How far steady time has run ahead of the time of day, and who wants to know when that has changed, ms. */
interface Lead {
  leadMs: number;
  changed: (leadMs: number) => void;
}

/** Smaller changes of the lead are not worth telling, ms. */
const SMALL_MS = 1000;

/**
 * The time that waits are counted in: it follows the time of day forward and never goes back. Where the clock of the
 * machine is set back an hour, a retry that is due in five seconds is still made in five.
 */
export class SteadyTime {
  readonly #clock: Pick<Clock, "now" | "monotonic">;
  readonly #lead: Lead;
  /** How far this is ahead of the monotonic clock, ms; it only grows, so nothing is lost to rounding. */
  #ahead: number;

  constructor(
    clock: Pick<Clock, "now" | "monotonic">,
    { leadMs, changed }: Lead = { leadMs: 0, changed() {} },
  ) {
    this.#clock = clock;
    this.#lead = { leadMs, changed };
    this.#ahead = clock.now() + leadMs - clock.monotonic();
  }

  /** The last whole millisecond that has come, UTC, unless the clock was set back; then ahead of it. */
  now = (): number => Math.floor(this.#read());

  /** The first whole millisecond at which a wait that begins at this moment is over. */
  after = (waitMs: number): number => Math.ceil(this.#read() + waitMs);

  #read(): number {
    const timeOfDay = this.#clock.now(); // read first: a pause between the two must not count as time that has passed
    const monotonic = this.#clock.monotonic();
    this.#ahead = Math.max(this.#ahead, timeOfDay - monotonic);
    const leadMs = Math.round(monotonic + this.#ahead - timeOfDay);
    if (Math.abs(leadMs - this.#lead.leadMs) >= SMALL_MS) {
      this.#lead.leadMs = leadMs;
      this.#lead.changed(leadMs);
    }
    return monotonic + this.#ahead;
  }
}

/** Under this key the database keeps the lead, because its due times are told in steady time. */
const LEAD = "steady_time_lead_ms";

/** Opens steady time where the last run of the hub left it, so that a restart does not lengthen any wait either. */
export function openSteadyTime(parts: {
  sqlite: Database;
  commits: GroupCommit;
  seams: { clock: Clock };
}): SteadyTime {
  const { sqlite, commits, seams } = parts;
  const kept = sqlite.query<{ value: string }, [string]>("SELECT value FROM hub WHERE key = ?").get(LEAD);
  const newest = sqlite.query<{ at: number | null }, []>("SELECT max(admitted_at) AS at FROM events").get();
  const sinceNewest = seams.clock.now() - (newest?.at ?? 0); // below 0: the clock was set back while no hub ran
  const keep = sqlite.prepare("INSERT OR REPLACE INTO hub (key, value) VALUES (?, ?)");
  return new SteadyTime(seams.clock, {
    leadMs: Math.max(Number(kept?.value ?? 0), -sinceNewest),
    changed: (leadMs) => {
      // Without it a later start takes the waits for longer than they are, by an hour at most: no reason to fail.
      commits.run(() => keep.run(LEAD, String(leadMs))).catch(() => {});
    },
  });
}
