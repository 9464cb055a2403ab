import type { Clock } from "../../seams.ts";
import type { Memory, Step } from "../connector.ts";
import { sideBySide } from "../side-by-side.ts";
import { UpstreamError, type UpstreamFault } from "../upstream-error.ts";
import { isOpen, type Known } from "./changes.ts";
import type { Client } from "./client.ts";
import { entityOf, openLooks, recall, stockIdOf } from "./look.ts";
import type { StockSummary } from "./readings.ts";
import type { DealerAuctionSettings } from "./settings.ts";

/** A search of more pages than this does not end by itself. */
const MAX_PAGES = 10_000;

/** So many items of a run may fail alone; more are the upstream's failure. */
const MAX_FAILED_ITEMS = 5;

/** One that looks as it did when its details were read. */
interface Unchanged {
  id: string;
  digest: string;
  readAt: number;
}

/**
 * One run: the stock of each customer id, page by page, with details of what is new, looks different or is in an
 * auction; then details of some that look unchanged, since a search does not show every change; then a second look at
 * what was there before and is not any more, because an item can slip between two pages (UPSTREAMS 1).
 */
export function openScan(parts: {
  client: Client;
  settings: DealerAuctionSettings;
  clock: Pick<Clock, "now">;
}) {
  const { client, settings } = parts;
  const { concurrency, refreshPerRun } = settings;

  return async function* scan(memory: Memory, signal: AbortSignal): AsyncGenerator<Step> {
    const { look, secondLook } = openLooks({ ...parts, memory, signal });
    const failed: UpstreamError[] = [];
    const unchanged: Unchanged[] = [];
    for await (const items of stockItems(signal)) {
      const { worthALook, seen } = sort(items, memory, unchanged);
      yield { drafts: [], seen, pages: 1, items: items.length };
      yield* sideBySide(worthALook, concurrency, (item) => sparing(failed, look(item)));
    }
    const longestAgo = unchanged.sort((one, other) => one.readAt - other.readAt).slice(0, refreshPerRun);
    yield* sideBySide(longestAgo, concurrency, (item) => sparing(failed, look(item)));
    if (failed[0] !== undefined) throw failed[0];
    const missing = [...memory.unseen()].map(stockIdOf);
    const lost = missing.filter((id) => recall(memory, id)?.away === undefined);
    yield* sideBySide(lost, concurrency, secondLook);
  };

  /** Page by page what was not on a page before: an item can stand on two. */
  async function* stockItems(signal: AbortSignal): AsyncGenerator<StockSummary[]> {
    const met = new Set<string>();
    for (const customerId of settings.customerIds) {
      for (let pageNumber = 1; ; pageNumber++) {
        if (pageNumber > MAX_PAGES) throw new UpstreamError("malformed", "the stock search does not end");
        const { items, lastPage } = await client.stockPage(customerId, pageNumber, { signal });
        const fresh = items.filter(({ id }) => !met.has(id) && met.add(id));
        yield fresh;
        // The last page is the one that the upstream names at this moment; without a name, the one with nothing new.
        if (items.length === 0 || (lastPage === null ? fresh.length === 0 : pageNumber >= lastPage)) break;
      }
    }
  }
}

/** One item that cannot be read makes the run partial, but does not keep the others from being told. */
async function sparing(failed: UpstreamError[], work: Promise<Step>): Promise<Step> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof UpstreamError) || !OF_ONE_ITEM.includes(error.fault)) throw error;
    failed.push(error);
    if (failed.length > MAX_FAILED_ITEMS) throw error;
    return { drafts: [] };
  }
}

/** Faults that may be of one item alone. */
const OF_ONE_ITEM: readonly UpstreamFault[] = ["server_error", "malformed", "too_large", "refused"];

/** Tells apart what to look at and what is as it was. */
function sort(items: readonly StockSummary[], memory: Memory, unchanged: Unchanged[]) {
  const worthALook: StockSummary[] = [];
  const seen: string[] = [];
  for (const item of items) {
    const { id, digest } = item;
    const known = recall(memory, id);
    if (isWorthALook(item, known)) {
      worthALook.push(item);
      continue;
    }
    seen.push(entityOf(id));
    if (known?.away === undefined && known !== null) unchanged.push({ id, digest, readAt: known.readAt });
  }
  return { worthALook, seen };
}

/** Bids and status change without a trace in the search's entry. */
function isWorthALook({ digest, isInAuction, isDeleted }: StockSummary, known: Known | null): boolean {
  if (known === null || known.away !== undefined) return !isDeleted;
  return known.summary !== digest || isInAuction || isDeleted || isOpen(known.listing);
}
