import type { Database } from "bun:sqlite";
import type { GroupCommit } from "../database/commit.ts";
import type { DueDelivery } from "../delivery/lane.ts";
import type { Settlement } from "../delivery/settle.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import { describeError, type Log } from "../log.ts";
import type { Seams } from "../seams.ts";
import { addLatency } from "./latencies.ts";
import { type MinuteRows, openMinuteRows } from "./minute-rows.ts";
import { addMinute, emptyMinute, type Minute, minuteOf } from "./minutes.ts";

/** Counts go to disk this long after the first that is not there yet, ms: a kill forgets no more than that. */
const WRITE_AFTER_MS = 10_000;

/** Customers whose counts one commit takes, so that nobody notices however many there are. */
const MAX_IN_COMMIT = 20;

/** Customers whose unreplayed dead letters are kept counted, some 50 bytes each. */
const MAX_CACHED = 20_000;

/** What counting needs of the hub. */
interface CountsParts {
  sqlite: Database;
  commits: GroupCommit;
  seams: Pick<Seams, "clock">;
  /** What due times are told in. */
  time: Pick<SteadyTime, "now">;
  /** The wait before the first attempt, ms. */
  firstDelayMs: number;
  log: Log;
}

/** What is counted. */
type What = "eventsIn" | "delivered" | "failed" | "letters";

interface Noted {
  customerId: number;
  what: What;
  by: number;
  /** How long a first attempt that succeeded took, ms; null for all else. */
  latencyMs: number | null;
}

/** Customers' minutes that are not on disk. */
type Minutes = Map<number, Map<number, Minute>>;

/**
 * What comes in and goes out for each customer, minute by minute, and how many dead letters wait. Counted in memory
 * as transactions end, so that it costs no delivery a write, and written every few seconds.
 */
export class Counts {
  readonly #parts: CountsParts;
  readonly #rows: MinuteRows;
  readonly #countLetters: (customerId: number) => number;
  readonly #letters = new Map<number, number>();
  /** Of the present transaction. */
  #noted: Noted[] = [];
  #unwritten: Minutes = new Map();
  /** On their way to disk; null when none are. */
  #writing: Minutes | null = null;
  /** Those of them that the present transaction takes. */
  #inCommit: readonly number[] = [];
  #revision = 0;
  #cancelTimer: (() => void) | null = null;
  #isStopped = false;
  /** The last writing, under way or over. */
  #work = Promise.resolve();

  constructor(parts: CountsParts) {
    const { sqlite } = parts;
    this.#parts = parts;
    this.#rows = openMinuteRows(sqlite);
    const count = sqlite.prepare<{ count: number }, [number]>(
      `SELECT count(*) AS count FROM deliveries
       WHERE customer_id = ? AND status = 'failed' AND replayed_at IS NULL`,
    );
    this.#countLetters = (customerId) => count.get(customerId)?.count ?? 0;
    parts.commits.listen({ committed: () => this.#committed(), rolledBack: () => this.#rolledBack() });
  }

  /** Inside a transaction: an event came in, of this owner or, without one, for the customers of its routes. */
  admitted = (ownerId: number | null, routes: readonly { customerId: number }[]): void => {
    if (ownerId !== null) this.#note(ownerId, "eventsIn");
    else if (routes.length === 1) this.#note(routes[0]?.customerId ?? 0, "eventsIn");
    else for (const id of new Set(routes.map(({ customerId }) => customerId))) this.#note(id, "eventsIn");
  };

  /** Inside a transaction: an attempt has ended, at this instant of the day, and was settled. */
  settled = (delivery: DueDelivery, status: Settlement["status"], endedAt: number): void => {
    const { customerId, dueAt, attempts } = delivery;
    if (status === "failed") this.buried(customerId);
    if (status !== "success") return;
    this.#note(customerId, "delivered", 1, attempts === 0 ? this.#lengthOf(dueAt, endedAt) : null);
  };

  /** Inside a transaction: a delivery became a dead letter. */
  buried = (customerId: number): void => {
    this.#note(customerId, "failed");
    this.#note(customerId, "letters");
  };

  /** Inside a transaction: a dead letter waits no more. */
  letterGone = (customerId: number): void => this.#note(customerId, "letters", -1);

  /** Dead letters that nobody has replayed. */
  lettersOf(customerId: number): number {
    const known = this.#letters.get(customerId);
    if (known !== undefined) return known;
    if (this.#letters.size >= MAX_CACHED) this.#letters.clear();
    const counted = this.#countLetters(customerId);
    this.#letters.set(customerId, counted);
    return counted;
  }

  /** The minutes on disk, in the order of time; the same ones as long as `revision` is. */
  written(customerId: number, since: number): Minute[] {
    return this.#rows.since(customerId, since);
  }

  /** Changes when counts go to disk. */
  get revision(): number {
    return this.#revision;
  }

  /** The minutes, or parts of them, that are not on disk. */
  unwritten(customerId: number): Minute[] {
    return [this.#writing, this.#unwritten].flatMap((each) => [...(each?.get(customerId)?.values() ?? [])]);
  }

  /** Writes what is not on disk; what cannot be written is tried again later. */
  async write(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#writing !== null || this.#unwritten.size === 0) return;
    this.#writing = this.#unwritten;
    this.#unwritten = new Map();
    this.#work = this.#writeAll(this.#writing);
    await this.#work;
  }

  /** Writes the last of it; nothing is counted after that. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
    await this.write();
  }

  /** Some customers a commit, which others' works share; only who stops the hub waits for them. */
  async #writeAll(minutes: Minutes): Promise<void> {
    const { commits } = this.#parts;
    const write = () => this.#writeSome(minutes);
    try {
      while (minutes.size > 0) await (this.#isStopped ? commits.run(write) : commits.runPatiently(write));
    } catch (error) {
      this.#parts.log.error("overview.unwritten", describeError(error));
      this.#takeBack(minutes);
    }
    this.#writing = null;
  }

  #writeSome(minutes: Minutes): void {
    const some = [...minutes.keys().take(MAX_IN_COMMIT)];
    for (const customerId of some)
      for (const minute of minutes.get(customerId)?.values() ?? []) this.#rows.add(customerId, minute);
    this.#inCommit = some;
  }

  /** Due times are steady: where the clock was set back, they are ahead of the time of day. */
  #lengthOf(dueAt: number, endedAt: number): number {
    const { time, seams, firstDelayMs } = this.#parts;
    const aheadMs = time.now() - seams.clock.now();
    return Math.max(0, endedAt + aheadMs - (dueAt - firstDelayMs));
  }

  #note(customerId: number, what: What, by = 1, latencyMs: number | null = null): void {
    this.#noted.push({ customerId, what, by, latencyMs });
  }

  #committed(): void {
    if (this.#inCommit.length > 0) {
      for (const customerId of this.#inCommit) this.#writing?.delete(customerId);
      this.#inCommit = [];
      this.#revision += 1;
    }
    if (this.#noted.length === 0) return;
    const at = minuteOf(this.#parts.seams.clock.now());
    for (const noted of this.#noted) this.#count(noted, at);
    this.#noted = [];
    this.#writeLater();
  }

  #writeLater(): void {
    if (this.#isStopped) return;
    this.#cancelTimer ??= this.#parts.seams.clock.setTimer(WRITE_AFTER_MS, () => void this.write());
  }

  #rolledBack(): void {
    this.#noted = [];
    this.#inCommit = [];
  }

  #count({ customerId, what, by, latencyMs }: Noted, at: number): void {
    if (what === "letters") {
      const known = this.#letters.get(customerId);
      if (known !== undefined) this.#letters.set(customerId, known + by);
      return;
    }
    const minute = this.#minuteOf(customerId, at);
    minute[what] += by;
    if (latencyMs !== null) addLatency(minute.latencies, latencyMs);
  }

  #minuteOf(customerId: number, at: number): Minute {
    let minutes = this.#unwritten.get(customerId);
    if (minutes === undefined) {
      minutes = new Map();
      this.#unwritten.set(customerId, minutes);
    }
    let minute = minutes.get(at);
    if (minute === undefined) {
      minute = emptyMinute(at);
      minutes.set(at, minute);
    }
    return minute;
  }

  #takeBack(minutes: Minutes): void {
    for (const [customerId, each] of minutes)
      for (const minute of each.values()) addMinute(this.#minuteOf(customerId, minute.at), minute);
    this.#writeLater();
  }
}
