import type { GroupCommit } from "../database/commit.ts";
import type { Disk } from "../database/disk.ts";
import type { Backlog } from "../delivery/backlog.ts";
import type { Deliveries } from "../delivery/deliveries.ts";
import type { FreshDelivery } from "../delivery/dispatcher.ts";
import type { SteadyTime } from "../delivery/steady-time.ts";
import type { Log } from "../log.ts";
import { Problem } from "../problems.ts";
import type { Route } from "../routing/match.ts";
import type { Router } from "../routing/route.ts";
import type { Seams } from "../seams.ts";
import type { Draft } from "./draft.ts";
import type { Events } from "./events.ts";

/** Whose drafts these are, and what they may say of themselves. */
export interface Door {
  /** Such as `publisher:default` or `connector:<id>`; also the scope of the dedupe keys that are its own. */
  name: string;
  /** The customer these events belong to; null: routed by auction id. */
  ownerId: number | null;
}

/** What became of a draft. */
export interface Admitted {
  eventId: string;
  eventType: string;
  duplicate: boolean;
  /** How many deliveries were made of it. */
  deliveries: number;
}

/** When a publisher may try again: space is made and a backup restored by a person, a backlog drains by itself. */
const DISK_RETRY_SECONDS = 30;
const DAMAGE_RETRY_SECONDS = 300;
const BACKLOG_RETRY_SECONDS = 5;

/**
 * Admits drafts, all or none; resolves once they are on disk. A function gives them inside the transaction, from what
 * stands on disk then. What is written `alongside`, knowing what became of the drafts, shares the transaction: where
 * either throws, nothing of it all is kept.
 */
export type Publish = (
  drafts: readonly Draft[] | (() => readonly Draft[]),
  door: Door,
  alongside?: (admitted: readonly Admitted[]) => void,
) => Promise<Admitted[]>;

/**
 * The one door: event, dedupe key and deliveries are committed together, and only then offered for delivery.
 * A draft whose dedupe key was admitted before gets the first answer and makes nothing new.
 * @throws Problem disk_low, backlog_full, not_ready
 */
export function openPublish(parts: {
  commits: GroupCommit;
  events: Events;
  deliveries: Deliveries;
  router: Router;
  dispatcher: { offer(fresh: readonly FreshDelivery[]): void };
  seams: Pick<Seams, "clock" | "newId">;
  /** What due times are told in. */
  time: SteadyTime;
  /** Inside the transaction: tells who keeps account of what came in, of which owner and for whom. */
  admitted: (ownerId: number | null, routes: readonly Route[]) => void;
  /** The wait before the first attempt, ms. */
  firstDelayMs: number;
  disk: Disk;
  backlog: Pick<Backlog, "total">;
  /** Pending deliveries in all, past which nothing more is taken. */
  maxPending: number;
  log: Log;
}): Publish {
  const { commits, dispatcher, log } = parts;

  return async (drafts, door, alongside) => {
    const isEmpty = drafts.length === 0 && typeof drafts !== "function";
    if (isEmpty && alongside === undefined) return [];
    if (!isEmpty) refuseWhereFull();
    const { admitted, fresh } = await commits.run(() => {
      const fresh: FreshDelivery[] = []; // made anew each time the work runs
      const given = typeof drafts === "function" ? drafts() : drafts;
      const admitted = given.map((draft) => admit(draft, door, fresh));
      alongside?.(admitted);
      return { admitted, fresh };
    });
    if (fresh.length > 0) dispatcher.offer(fresh);
    for (const event of admitted) log.debug("event.admitted", { ...event, door: door.name });
    return admitted;
  };

  function refuseWhereFull(): void {
    if (commits.isDamaged) throw new Problem("not_ready", { retryAfterSeconds: DAMAGE_RETRY_SECONDS });
    if (parts.disk.isLow()) throw new Problem("disk_low", { retryAfterSeconds: DISK_RETRY_SECONDS });
    if (parts.backlog.total >= parts.maxPending) {
      throw new Problem("backlog_full", { retryAfterSeconds: BACKLOG_RETRY_SECONDS });
    }
  }

  function admit(draft: Draft, door: Door, fresh: FreshDelivery[]): Admitted {
    const scope = draft.dedupe && scopeOf(draft, door);
    const first = scope && draft.dedupe && parts.events.firstResult(scope, draft.dedupe.key);
    if (first) return { ...first, duplicate: true };
    const event = store(draft, door);
    const made = deliver(event, draft);
    fresh.push(...made);
    const result = { eventId: event.publicId, eventType: draft.eventType, deliveries: made.length };
    if (scope && draft.dedupe) parts.events.rememberKey(scope, draft.dedupe.key, result, event.admittedAt);
    return { ...result, duplicate: false };
  }

  function store({ environment, eventType, payload, auctionIds }: Draft, { name, ownerId }: Door) {
    const event = {
      publicId: parts.seams.newId(),
      environment,
      eventType,
      payload,
      auctionIds,
      ownerId,
      door: name,
      admittedAt: parts.seams.clock.now(),
    };
    return { ...event, id: parts.events.add(event) };
  }

  function deliver(event: ReturnType<typeof store>, draft: Draft): FreshDelivery[] {
    const routes = parts.router.route(event);
    parts.admitted(event.ownerId, routes);
    return routes.map(({ subscriptionId, customerId }) => {
      const deliveryId = parts.seams.newId();
      const dueAt = parts.time.now() + parts.firstDelayMs;
      const id = parts.deliveries.add({
        publicId: deliveryId,
        eventId: event.id,
        subscriptionId,
        customerId,
        dueAt,
        createdAt: event.admittedAt,
        replayOf: null,
      });
      const { eventType, environment, payload } = draft;
      const parcel = { deliveryId, eventId: event.publicId, eventType, environment, payload };
      return { id, subscriptionId, customerId, dueAt, attempts: 0, parcel };
    });
  }
}

/** A door's own keys are its own; an envelope's source and id mean the same from whoever brings it. */
function scopeOf({ dedupe, environment }: Draft, { name }: Door): string {
  return dedupe?.scope === "source" ? `source/${environment}` : `${name}/${environment}`;
}
