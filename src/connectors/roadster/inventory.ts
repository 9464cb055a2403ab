import type { Clock } from "../../seams.ts";
import type { Memory, Step } from "../connector.ts";
import { isObject } from "../facts.ts";
import { UpstreamError, type UpstreamFault } from "../upstream-error.ts";
import type { Client } from "./client.ts";
import type { RoadsterSettings } from "./settings.ts";
import { entitiesOf, readVehicles, recall, stepFor, stepForGone, type Vehicle } from "./vehicles.ts";

/** Updates are asked for from this long before the last look: the upstream's clocks differ among themselves, ms. */
const OVERLAP_MS = 300_000;

/** All vehicles are read again after this: what came in below a page's first VIN was not seen, ms (UPSTREAMS 4). */
const FULL_SCAN_AFTER_MS = 7 * 86_400_000;

/** An inventory of more pages than this does not end by itself. */
const MAX_PAGES = 10_000;

/** Up to where a dealer's inventory is known: in seconds of the upstream's time, and when all of it was read, ms. */
interface Known {
  updatedSince: number;
  fullAt: number;
}

/** One search: the first time, or each week, for all vehicles in stock, and else for what has changed. */
interface Search {
  updated_since?: number;
  in_stock?: string;
}

/**
 * One run: dealer by dealer, all vehicles at first and once a week, and between that what was updated since the last
 * look, by the upstream's own time. One dealer that cannot be read keeps no other from being told.
 */
export function openInventory(parts: {
  client: Client;
  settings: RoadsterSettings;
  clock: Pick<Clock, "now">;
}) {
  const { client, settings, clock } = parts;

  return async function* poll(memory: Memory, signal: AbortSignal): AsyncGenerator<Step> {
    const failed: UpstreamError[] = [];
    const progress = progressIn(memory.cursor, settings.dpids);
    for (const dpid of settings.dpids) {
      const before = progress[dpid];
      const isFull = before === undefined || clock.now() - before.fullAt >= FULL_SCAN_AFTER_MS;
      const from = { dpid, memory, signal };
      try {
        progress[dpid] = yield* isFull ? lookAtAll(from) : lookAtUpdates(before, from);
      } catch (error) {
        if (!(error instanceof UpstreamError) || !OF_ONE_DEALER.includes(error.fault)) throw error;
        failed.push(error);
        continue;
      }
      yield { drafts: [], cursor: JSON.stringify(progress) };
    }
    const [first] = failed;
    if (first !== undefined) throw isNowhere(failed, settings.dpids) ? noService() : first;
  };

  async function* lookAtAll(from: Looking) {
    const fullAt = clock.now();
    const first = yield* look({}, from);
    const isWhole = first.total === null || first.count >= first.total;
    // What one reading does not have may have been cut short on its way; what two do not have is gone.
    if (isWhole && missing(from).length > 0) yield* look({}, from);
    for (const { vin, before } of isWhole ? missing(from) : []) yield stepForGone(vin, from.dpid, before);
    return { updatedSince: sinceBefore(first.at), fullAt };
  }

  async function* lookAtUpdates({ updatedSince, fullAt }: Known, from: Looking) {
    let earliest = Number.POSITIVE_INFINITY;
    for (const inStock of settings.inStock) {
      const search = { updated_since: updatedSince, ...(inStock !== "" && { in_stock: inStock }) };
      const { at } = yield* look(search, from);
      earliest = Math.min(earliest, at);
    }
    return { updatedSince: sinceBefore(earliest), fullAt };
  }

  /** Page by page until nothing new comes: how many vehicles, how many by the upstream's count, and when by its time. */
  async function* look(search: Search, { dpid, memory, signal }: Looking) {
    const met = new Set<string>();
    let first: Page | null = null;
    for (let pages = 0, after: string | undefined; pages < MAX_PAGES; pages++) {
      const payload = { dpid, size: settings.pageSize, from_vin: after, ...search };
      const page: Page = await readPage(payload, signal);
      first ??= page;
      // Whether the vehicle that is named in from_vin comes again is not documented.
      const fresh = page.vehicles.filter(({ vin }) => !met.has(vin) && met.add(vin));
      if (fresh.length === 0) return { count: met.size, total: first.total, at: first.at };
      yield stepFor(fresh, dpid, memory);
      after = fresh.at(-1)?.vin;
    }
    throw new UpstreamError("malformed", "the inventory does not end");
  }

  async function readPage(payload: Record<string, unknown>, signal: AbortSignal): Promise<Page> {
    const { value, date } = await client.get({ operation: "inventory", payload }, { signal });
    const vehicles = readVehicles(value);
    if (vehicles === null)
      throw new UpstreamError("malformed", "the inventory was answered without vehicles");
    const total = isObject(value) && typeof value.total === "number" ? value.total : null;
    return { vehicles, total, at: date ?? clock.now() };
  }
}

/** One page of an inventory. */
interface Page {
  vehicles: Vehicle[];
  /** How many there are in all by the upstream's count; null: it does not say. */
  total: number | null;
  /** Ms UTC, by the upstream's clock. */
  at: number;
}

/** Whose inventory is looked at. */
interface Looking {
  dpid: string;
  memory: Memory;
  signal: AbortSignal;
}

/** Faults that may be of one dealer alone. */
const OF_ONE_DEALER: readonly UpstreamFault[] = ["refused", "server_error", "malformed", "too_large"];

/** A dealer that was left out of the settings for a while is read anew. */
function progressIn(cursor: string | null, dpids: readonly string[]): Record<string, Known> {
  const kept: Record<string, Known> = cursor === null ? {} : JSON.parse(cursor);
  return Object.fromEntries(Object.entries(kept).filter(([dpid]) => dpids.includes(dpid)));
}

/** In seconds, as the upstream counts. */
const sinceBefore = (at: number) => Math.floor((at - OVERLAP_MS) / 1000);

/** The vehicles of a dealer that this run has not met, and that were in stock. */
function missing({ dpid, memory }: Looking) {
  const entities = entitiesOf(dpid);
  return [...memory.unseen()].flatMap((entity) => {
    if (!entity.startsWith(entities)) return [];
    const vin = entity.slice(entities.length);
    const before = recall(memory, dpid, vin);
    return before?.isInStock ? [{ vin, before }] : [];
  });
}

/** One dealer that is not found is that dealer's; where none is, the path is wrong. */
const isNowhere = (failed: readonly UpstreamError[], dpids: readonly string[]) =>
  failed.length === dpids.length && failed.every(({ status }) => status === 404);

const noService = () => new UpstreamError("not_a_service", "the inventory answered 404");
