import type { Catalog } from "../catalog/catalog.ts";
import { parsePattern } from "../catalog/event-types.ts";
import type { GroupCommit } from "../database/commit.ts";
import type { Store } from "../database/open.ts";
import type { Environment } from "../database/schema.ts";
import { Problem } from "../problems.ts";
import type { Seams } from "../seams.ts";
import type { Aftermath } from "./aftermath.ts";
import { type AuctionIds, EVENTS_WITHOUT_AUCTION } from "./auction-ids.ts";
import { commitOrProblem } from "./commit-or-problem.ts";
import type { Customer } from "./customers.ts";
import type { Health, HealthRecord } from "./health.ts";
import {
  openSubscriptionRows,
  type Subscription,
  type SubscriptionKey,
  subscriptionKeyText,
} from "./subscription-rows.ts";

/** Both environments together, deleted ones left out. */
export const MAX_SUBSCRIPTIONS_PER_CUSTOMER = 10_000;

/** A subscription as its customer sees it. */
export interface ShownSubscription {
  customerId: string;
  sk: string;
  environment: Environment;
  eventType: string;
  webhookUrl: string;
  status: "active" | "paused";
  createdAt: string;
  updatedAt: string;
  /** Whether dead letters are brought back by a person or, once the receiver answers again, by the hub. */
  recovery: Subscription["recovery"];
  /** `failing` from the first failed attempt since the last success. */
  health: "ok" | "failing";
  failingSince: string | null;
  lastSuccessAt: string | null;
  /** Attempts that failed since the last success. */
  consecutiveFailures: number;
  /** Why it may get nothing as things stand. */
  warning?: string;
}

/** Says whether webhooks may be sent to a URL. */
export type CheckTarget = (
  url: string,
) => Promise<{ ok: true; warning?: string } | { ok: false; detail: string }>;

type Owner = Pick<Customer, "id" | "publicId">;

/** What a `PUT` says of a subscription; what is left out stays as it is. */
type Given = SubscriptionKey & {
  webhookUrl?: string | undefined;
  recovery?: Subscription["recovery"] | undefined;
};

/** The part of a subscription that promoting copies. */
type Copied = Pick<ShownSubscription, "webhookUrl" | "status" | "recovery">;

/** What promoting means for one event type in production. */
export interface Promotion {
  eventType: string;
  change: "create" | "update" | "none";
  /** null: production has no such subscription. */
  before: Copied | null;
  after: Copied;
}

/** What customers want to hear of, and where. */
export interface Subscriptions {
  /** In the order of their creation. */
  list(customer: Owner, environment: Environment): ShownSubscription[];
  /** null where there is none or it was deleted. */
  find(customerId: number, key: SubscriptionKey): Subscription | null;
  /**
   * Creates one or changes what is given; a deleted one comes back as a new one.
   * @throws Problem invalid_event_type, refused_target, invalid_input
   */
  put(customer: Owner, given: Given): Promise<ShownSubscription>;
  /** Its pending deliveries end. @throws Problem subscription_not_found */
  remove(customer: Owner, key: SubscriptionKey): Promise<void>;
  /** @throws Problem subscription_not_found */
  setStatus(customer: Owner, key: SubscriptionKey, status: "active" | "paused"): Promise<void>;
  /** What promoting would do now, in the order of the sandbox's subscriptions. @throws Problem invalid_input where it would */
  previewPromotion(customer: Owner): Promotion[];
  /** Copies all active ones of the sandbox to production. */
  promote(customer: Owner): Promise<{ promoted: ShownSubscription[]; count: number }>;
}

/** Opens the subscriptions. */
export function openSubscriptions(parts: {
  store: Store;
  commits: GroupCommit;
  seams: Seams;
  catalog: Pick<Catalog, "knows">;
  auctionIds: AuctionIds;
  checkTarget: CheckTarget;
  health: Pick<HealthRecord, "of">;
  aftermath: Aftermath;
}): Subscriptions {
  const { commits, seams, catalog, auctionIds, checkTarget, health, aftermath } = parts;
  const rows = openSubscriptionRows(parts);

  async function write<T>(customerId: number, work: (now: number) => T | Problem): Promise<T> {
    const now = seams.clock.now();
    const result = await commitOrProblem(commits, () => {
      const result = work(now);
      if (!(result instanceof Problem)) aftermath.changed(customerId);
      return result;
    });
    aftermath.committed(customerId);
    return result;
  }

  function putRow(customerId: number, given: Given, now: number) {
    const before = rows.live(customerId, given);
    const webhookUrl = given.webhookUrl ?? before?.webhookUrl;
    if (webhookUrl === undefined) return invalid("webhookUrl", "is needed for a new subscription");
    if (before === null && rows.count(customerId) >= MAX_SUBSCRIPTIONS_PER_CUSTOMER) return tooMany();
    const recovery = given.recovery ?? before?.recovery ?? "manual";
    if (recovery === "manual" && before?.recovery === "automatic") aftermath.recoversByHand(before.id);
    return rows.save(customerId, { ...given, webhookUrl, recovery, status: before?.status ?? "active" }, now);
  }

  /** Each active subscription of the sandbox as production would have it, beside what production has now. */
  function copiesFor(customerId: number) {
    const active = rows.list(customerId, "sandbox").filter(({ status }) => status === "active");
    const present = new Map(rows.list(customerId, "production").map((row) => [row.eventType, row]));
    const copies = active.map((row) => ({
      copy: { ...row, environment: "production" as const },
      before: present.get(row.eventType) ?? null,
    }));
    const added = copies.filter(({ before }) => before === null);
    if (rows.count(customerId) + added.length > MAX_SUBSCRIPTIONS_PER_CUSTOMER) return tooMany();
    return copies;
  }

  function promoteRows(customerId: number, now: number) {
    const copies = copiesFor(customerId);
    return copies instanceof Problem ? copies : copies.map(({ copy }) => rows.save(customerId, copy, now));
  }

  function warningsFor(customerId: number, eventType: string): string[] {
    const warnings: string[] = [];
    if (!catalog.knows(eventType))
      warnings.push(`The catalog knows no event type that "${eventType}" matches.`);
    const hasAuction = auctionIds.of(customerId).some((id) => id !== EVENTS_WITHOUT_AUCTION);
    if (!hasAuction)
      warnings.push("You have no auction ids, so no event that names an auction comes to you.");
    return warnings;
  }

  const show = (row: Subscription, customer: Owner) => shown(row, customer, health.of(row.id));

  return {
    list: (customer, environment) => rows.list(customer.id, environment).map((row) => show(row, customer)),
    find: rows.live,
    async put(customer, given) {
      if (parsePattern(given.eventType) === undefined) throw noPattern();
      const target =
        given.webhookUrl === undefined ? { ok: true as const } : await checkTarget(given.webhookUrl);
      if (!target.ok) throw refusedTarget(target.detail);
      const row = await write(customer.id, (now) => putRow(customer.id, given, now));
      const warnings = warningsFor(customer.id, given.eventType);
      if (target.warning !== undefined) warnings.push(target.warning);
      return { ...show(row, customer), ...(warnings.length > 0 && { warning: warnings.join(" ") }) };
    },
    remove: ({ id }, key) =>
      write(id, (now) => {
        const before = rows.live(id, key);
        if (before === null) return new Problem("subscription_not_found");
        rows.save(id, { ...before, status: "deleted" }, now);
        aftermath.deleted(before.id, now);
      }),
    setStatus: ({ id }, key, status) =>
      write(id, (now) => {
        const before = rows.live(id, key);
        if (before === null) return new Problem("subscription_not_found");
        if (before.status !== status) rows.save(id, { ...before, status }, now);
      }),
    previewPromotion({ id }) {
      const copies = copiesFor(id);
      if (copies instanceof Problem) throw copies;
      return copies.map(({ copy, before }) => promotion(copy, before));
    },
    async promote(customer) {
      const promoted = await write(customer.id, (now) => promoteRows(customer.id, now));
      return { promoted: promoted.map((row) => show(row, customer)), count: promoted.length };
    },
  };
}

function shown(row: Subscription, { publicId }: Owner, health: Health): ShownSubscription {
  const { environment, eventType, webhookUrl, status, recovery } = row;
  if (status === "deleted") throw new Error("a deleted subscription is not shown");
  return {
    customerId: publicId,
    sk: subscriptionKeyText(row),
    environment,
    eventType,
    webhookUrl,
    status,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    recovery,
    health: health.failingSince === null ? "ok" : "failing",
    failingSince: health.failingSince === null ? null : new Date(health.failingSince).toISOString(),
    lastSuccessAt: health.lastSuccessAt === null ? null : new Date(health.lastSuccessAt).toISOString(),
    consecutiveFailures: health.consecutiveFailures,
  };
}

function promotion(copy: Subscription, before: Subscription | null): Promotion {
  const after = copied(copy);
  const present = before && copied(before);
  const isSame = Bun.deepEquals(present, after);
  const change = present === null ? "create" : isSame ? "none" : "update";
  return { eventType: copy.eventType, change, before: present, after };
}

function copied({ webhookUrl, status, recovery }: Subscription): Copied {
  if (status === "deleted") throw new Error("a deleted subscription is not shown");
  return { webhookUrl, status, recovery };
}

function invalid(path: string, message: string): Problem {
  return new Problem("invalid_input", { errors: [{ path, message }] });
}

const tooMany = () =>
  invalid("eventType", `you may have at most ${MAX_SUBSCRIPTIONS_PER_CUSTOMER} subscriptions`);

function noPattern(): Problem {
  const message = 'must be an event type, a namespace such as "ae.asset.*", or "*"';
  return new Problem("invalid_event_type", { errors: [{ path: "eventType", message }] });
}

function refusedTarget(detail: string): Problem {
  return new Problem("refused_target", { detail, errors: [{ path: "webhookUrl", message: detail }] });
}
