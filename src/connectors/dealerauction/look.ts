import type { Clock } from "../../seams.ts";
import type { Memory, Step } from "../connector.ts";
import { type Change, changesOf, endOf, type Known, type KnownListing } from "./changes.ts";
import type { Client } from "./client.ts";
import { draftsOf } from "./drafts.ts";
import type { Listing, Stock, StockSummary } from "./readings.ts";
import type { DealerAuctionSettings } from "./settings.ts";

/** A step without anything new. */
const NOTHING: Step = { drafts: [] };

/** Opens what looks at single stock items within one run, and tells what has happened to them. */
export function openLooks(parts: {
  client: Client;
  settings: Pick<DealerAuctionSettings, "customerIds">;
  clock: Pick<Clock, "now">;
  memory: Pick<Memory, "recall">;
  signal: AbortSignal;
}) {
  const { client, settings, clock, memory, signal } = parts;

  /** Of one that was found. */
  async function stepFor(stock: Stock, at: { summary: string; before: Known | null }): Promise<Step> {
    const { summary, before } = at;
    if (stock.isDeleted) return before === null ? NOTHING : stepForGone(stock.id, before, stock);
    if (isStale(stock, before)) return { drafts: [], seen: [entityOf(stock.id)], stale: 1 };
    const { listing: present, former } = await listingsOf(stock, before);
    if (before !== null && isHeld(stock, before, { present, former })) return hold(stock.id, before);
    const { changes, listing } = changesOf(before, { stock, listing: present, former: former ?? null });
    const isWhole = (present !== null) === (stock.listingId !== null);
    return told(stock, changes, {
      told: before?.told ?? 0,
      summary: isWhole ? summary : "", // else it is read again next time
      readAt: clock.now(),
      updatedAt: stock.updatedAt,
      vrm: stock.vrm,
      vin: stock.vin,
      own: stock.own,
      listing,
    });
  }

  /** The listing it names; and where another is remembered, how that one ended. Null: not found. */
  async function listingsOf({ listingId }: Stock, before: Known | null) {
    const knownId = before?.listing?.id ?? listingId;
    const read = (id: string) => client.listing(id, { signal });
    const former = knownId === null || knownId === listingId ? undefined : await read(knownId);
    return { listing: listingId === null ? null : await read(listingId), former };
  }

  /** Of one that is gone: how its last listing ended, where that can still be read, and then that it is gone. */
  async function stepForGone(stockId: string, before: Known, stock: Stock | null): Promise<Step> {
    if (before.away === "removed") return { drafts: [], seen: [entityOf(stockId)] };
    const listingId = stock?.listingId ?? before.listing?.id ?? null;
    const listing = listingId === null ? null : await client.listing(listingId, { signal });
    return removed(stockId, before, { stock, ...endOf(before, listing) });
  }

  return {
    /** At one that the search shows; if it is found no more, the second look decides. */
    async look({ id, digest }: Pick<StockSummary, "id" | "digest">): Promise<Step> {
      const stock = await client.stock(id, { signal });
      return stock === null ? NOTHING : stepFor(stock, { summary: digest, before: recall(memory, id) });
    },

    /** At one that the search shows no more; what is not found now either is gone. */
    async secondLook(stockId: string): Promise<Step> {
      const before = recall(memory, stockId);
      if (before === null) return NOTHING;
      const stock = await client.stock(stockId, { signal });
      if (stock === null) return stepForGone(stockId, before, null);
      const isOurs = stock.customerId === null || settings.customerIds.includes(stock.customerId);
      return isOurs ? stepFor(stock, { summary: "", before }) : letGo(stockId, before);
    },
  };
}

const PREFIX = "stock/";

/** The memory's name for a stock item. */
export const entityOf = (stockId: string): string => PREFIX + stockId;

/** The stock item that an entity of the memory is. */
export const stockIdOf = (entity: string): string => entity.slice(PREFIX.length);

/** What is remembered of a stock item; null: it was never seen. */
export function recall(memory: Pick<Memory, "recall">, stockId: string): Known | null {
  const state = memory.recall(entityOf(stockId));
  return state === null ? null : (JSON.parse(state) as Known);
}

const remembered = (stockId: string, known: Known) => [entityOf(stockId), JSON.stringify(known)] as const;

/** An answer from before the last one; the next run asks again. */
const isStale = ({ updatedAt }: Stock, before: Known | null): boolean =>
  updatedAt !== null && before !== null && before.updatedAt !== null && updatedAt < before.updatedAt;

/**
 * Whether to wait for the next run with all of it, once: a listing was not found that was known before, a proxy may
 * say so for a moment, and what it would have told could not be told later.
 */
function isHeld(
  { listingId }: Stock,
  { away, isListingLost }: Known,
  { present, former }: { present: Listing | null; former: Listing | null | undefined },
): boolean {
  const isBack = away === "removed" && listingId !== null;
  return isListingLost !== true && (former === null || (isBack && present === null));
}

const hold = (stockId: string, before: Known): Step => ({
  drafts: [],
  remember: [remembered(stockId, { ...before, summary: "", isListingLost: true })],
});

function told(stock: Stock, changes: readonly Change[], known: Known): Step {
  const after = { ...known, told: known.told + changes.length };
  return { drafts: draftsOf(changes, stock, known.told), remember: [remembered(stock.id, after)] };
}

/** Stays remembered, so that the numbers of its events go on should it come back. */
function removed(
  stockId: string,
  before: Known,
  { stock, changes, listing }: { stock: Stock | null; changes: Change[]; listing: KnownListing | null },
): Step {
  const { vrm, vin, told } = before;
  const subject = { id: stockId, vrm, vin, text: stock?.text ?? null };
  const after: Known = {
    ...before,
    away: "removed",
    told: told + changes.length,
    summary: "",
    updatedAt: null,
    own: {},
    listing,
  };
  return { drafts: draftsOf(changes, subject, told), remember: [remembered(stockId, after)] };
}

/** Its customer id is no longer in the settings: nothing has happened to it, as far as this connector is to know. */
const letGo = (stockId: string, before: Known): Step => ({
  drafts: [],
  remember: [remembered(stockId, { ...before, away: "not-ours" })],
});
