import type { GroupCommit } from "../database/commit.ts";
import type { ShownStatus } from "../delivery/delivery-list.ts";
import type { Parcel } from "../delivery/parcel.ts";
import { describeError, type Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Overview, OverviewOf } from "./overview.ts";

/** How a delivery stands now. */
export interface Moved {
  deliveryId: string;
  status: ShownStatus;
  eventType: string;
  environment: Parcel["environment"];
}

/** Someone who looks on. */
export interface Watcher {
  overview(now: Overview): void;
  /** A sample of what happens. */
  moved(delivery: Moved): void;
  /** Something was committed: whether one may still look on is to be asked anew. */
  looked(): void;
  /** The hub stops. */
  ended(): void;
}

/** Streams that one customer may have open. */
export const MAX_WATCHERS = 10;

/** When one that was refused may ask again. */
const RETRY_SECONDS = 15;

/** An overview is told at most this often, ms. */
const OVERVIEW_MS = 1000;

/** Deliveries told in a second: enough to see the work go on, few enough for any link. */
const MAX_MOVED_PER_SECOND = 20;

interface Watched {
  watchers: Set<Watcher>;
  /** The overview that was told last, without its instant. */
  told: string;
  /** Deliveries told since `secondBegan`, monotonic ms. */
  moved: number;
  secondBegan: number;
}

/**
 * Tells those who watch what changes for their customer. Nobody watching costs nothing; an overview is made anew
 * after commits, at most once a second, and told where it differs.
 */
export class Watch {
  readonly #overviewOf: OverviewOf;
  readonly #seams: Pick<Seams, "clock">;
  readonly #log: Log;
  readonly #watched = new Map<number, Watched>();
  #cancelTimer: (() => void) | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    overviewOf: OverviewOf;
    commits: GroupCommit;
    seams: Pick<Seams, "clock">;
    log: Log;
  }) {
    this.#overviewOf = parts.overviewOf;
    this.#seams = parts.seams;
    this.#log = parts.log;
    parts.commits.listen({ committed: () => this.lookSoon() });
  }

  /** Tells the overview at once, then what changes; returns what ends it. @throws Problem too_many_requests */
  begin(customerId: number, watcher: Watcher): () => void {
    const known = this.#watched.get(customerId);
    if ((known?.watchers.size ?? 0) >= MAX_WATCHERS) {
      throw new Problem("too_many_requests", {
        detail: `You may have ${MAX_WATCHERS} streams open at once.`,
        retryAfterSeconds: RETRY_SECONDS,
      });
    }
    const overview = this.#overviewOf(customerId);
    const watched = known ?? { watchers: new Set(), told: "", moved: 0, secondBegan: 0 };
    this.#watched.set(customerId, watched);
    watched.watchers.add(watcher);
    watcher.overview(overview);
    return () => {
      if (watched.watchers.delete(watcher) && watched.watchers.size === 0) this.#watched.delete(customerId);
    };
  }

  /** Outside any transaction: a delivery was made or settled. */
  moved(customerId: number, parcel: Parcel, status: Moved["status"]): void {
    const watched = this.#watched.get(customerId);
    if (watched === undefined) return;
    const now = this.#seams.clock.monotonic();
    if (now - watched.secondBegan >= 1000) {
      watched.secondBegan = now;
      watched.moved = 0;
    }
    watched.moved += 1;
    if (watched.moved > MAX_MOVED_PER_SECOND) return;
    const { deliveryId, eventType, environment } = parcel;
    for (const watcher of [...watched.watchers])
      watcher.moved({ deliveryId, status, eventType, environment });
  }

  /** Something may have changed, the minute perhaps. */
  lookSoon(): void {
    if (this.#watched.size === 0 || this.#cancelTimer !== null) return;
    const { clock } = this.#seams;
    const waitMs = Math.max(0, this.#lookedAt + OVERVIEW_MS - clock.monotonic());
    this.#cancelTimer = clock.setTimer(waitMs, () => this.#look());
  }

  /** Ends all streams, so that the server need not wait for them. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    for (const { watchers } of this.#watched.values()) for (const watcher of [...watchers]) watcher.ended();
  }

  #look(): void {
    this.#cancelTimer = null;
    this.#lookedAt = this.#seams.clock.monotonic();
    try {
      for (const [customerId, watched] of this.#watched) {
        for (const watcher of [...watched.watchers]) watcher.looked();
        this.#tell(customerId, watched);
      }
    } catch (error) {
      this.#log.error("overview.failed", describeError(error)); // the database cannot be read; the next look may
    }
  }

  #tell(customerId: number, watched: Watched): void {
    const overview = this.#overviewOf(customerId);
    const text = JSON.stringify({ ...overview, now: null });
    if (text === watched.told) return;
    watched.told = text;
    for (const watcher of [...watched.watchers]) watcher.overview(overview);
  }
}
