import { changedPaths, type Facts, formerValues } from "../facts.ts";
import { type Bid, type Listing, type ListingStatus, numberOf, type Stock } from "./readings.ts";

/** The event types of this kind, without the `dealerauction.` before them. */
export const changeKinds = [
  "listing.started",
  "listing.bid-placed",
  "listing.provisional",
  "listing.sold",
  "listing.not-sold",
  "listing.cancelled",
  "listing.relisted",
  "listing.reverted",
  "stock.created",
  "stock.updated",
  "stock.removed",
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** What is remembered of a stock item. */
export interface Known {
  /** How many events it has given: no two of them have the same number. */
  told: number;
  /** Of the search's entry that it was last read for; empty: it must be read again. */
  summary: string;
  /** When its details were read, ms UTC. */
  readAt: number;
  /** The upstream's own date of its last change, ms UTC. */
  updatedAt: number | null;
  vrm: string | null;
  vin: string | null;
  own: Facts;
  listing: KnownListing | null;
  /** A listing could not be found that was known before; the second time that is believed. */
  isListingLost?: true;
  /** It is not looked after: it was told to be removed, or belongs to a customer id that is not in the settings. */
  away?: "removed" | "not-ours";
}

/** What is remembered of its last listing. */
export interface KnownListing {
  id: string;
  status: ListingStatus;
  /** The keys of the bids that were told. */
  bids: string[];
  facts: Facts;
}

/** A stock item as it was found now. */
export interface Found {
  stock: Stock;
  /** The listing that the stock item names; null: it names none, or it could not be found. */
  listing: Listing | null;
  /** Where another listing is remembered than the stock item names: that one, as it ended. */
  former: Listing | null;
}

/** One event to be. */
export interface Change {
  kind: ChangeKind;
  /** The listing it is about; with a change of the stock, the present one. */
  listing: Listing | null;
  /** What it was before: the listing's status, and the former values of what changed. */
  previous: { status: ListingStatus | null } & Record<string, unknown>;
  /** The paths of what changed; empty for what is seen for the first time. */
  changed: string[];
  bid?: Bid;
}

/** Tells what has happened to a stock item since it was last seen, in the order it must have happened. */
export function changesOf(
  before: Known | null,
  found: Found,
): { changes: Change[]; listing: KnownListing | null } {
  const { stock, listing, former } = found;
  const earlier = before?.away === "removed" ? null : before;
  const known = before?.listing ?? null;
  const ended = former === null || known === null ? null : sinceKnown(known, former);
  const last = ended?.listing ?? known;
  const present = listing === null ? null : listingChanges(last, listing);
  const changes = [
    ...(earlier === null ? [created(listing)] : []),
    ...(ended?.changes ?? []),
    ...(earlier === null ? [] : updated(earlier, stock, listing ?? former)),
    ...(present?.changes ?? []),
  ];
  return { changes, listing: present?.listing ?? last };
}

/** Tells that a stock item is gone, and before that what else has happened to its listing, where that was found. */
export function endOf(
  before: Known,
  listing: Listing | null,
): { changes: Change[]; listing: KnownListing | null } {
  const last = listing === null ? null : listingChanges(before.listing, listing);
  const status = last?.listing.status ?? before.listing?.status ?? null;
  const removed: Change = { kind: "stock.removed", listing, previous: { status }, changed: [] };
  return { changes: [...(last?.changes ?? []), removed], listing: last?.listing ?? before.listing };
}

/** True while it may change although nothing in the search tells so. */
export const isOpen = (listing: KnownListing | null): boolean =>
  listing !== null && (listing.status === "IN_PROGRESS" || listing.status === "PROVISIONAL");

type Told = { changes: Change[]; listing: KnownListing };

function listingChanges(known: KnownListing | null, listing: Listing): Told {
  return known?.id === listing.id ? sinceKnown(known, listing) : sinceBegun(known, listing);
}

/** Of a listing that was not seen before: that it began, every bid, and where it stands if it is already further. */
function sinceBegun(last: KnownListing | null, listing: Listing): Told {
  const unseen = { status: null };
  const began: Change =
    last === null
      ? { kind: "listing.started", listing, previous: unseen, changed: [] }
      : {
          kind: "listing.relisted",
          listing,
          previous: { status: last.status, listingId: last.id },
          changed: ["listingId"],
        };
  const further = listing.status === "IN_PROGRESS" ? undefined : eventOf(listing.status);
  return {
    changes: [
      began,
      ...listing.bids.map((bid): Change => bidPlaced(bid, { listing, previous: unseen, changed: [] })),
      ...(further ? [{ kind: further, listing, previous: unseen, changed: [] }] : []),
    ],
    listing: remembered(listing, []),
  };
}

/** Of a listing that was seen before: the bids since then, then its new status. */
function sinceKnown(known: KnownListing, listing: Listing): Told {
  const changed = changedPaths(known.facts, listing.facts);
  const previous = { status: known.status, ...formerValues(known.facts, changed) };
  const about = { listing, previous: { ...previous, status: known.status }, changed };
  const kind = statusEvent(known, listing);
  return {
    changes: [
      ...newBids(known.bids, listing.bids).map((bid) => bidPlaced(bid, about)),
      ...(kind === undefined ? [] : [{ kind, ...about }]),
    ],
    listing: remembered(listing, known.bids),
  };
}

function statusEvent(known: KnownListing, { status, salePrice }: Listing): ChangeKind | undefined {
  if (status !== known.status) {
    return known.status === "SOLD" ? "listing.reverted" : eventOf(status); // a sale that no longer stands
  }
  const isResold = status === "SOLD" && salePrice !== null && salePrice !== priceIn(known);
  return isResold ? "listing.sold" : undefined; // reverted and sold anew since it was last seen
}

const priceIn = ({ facts }: KnownListing) => numberOf(facts["sale.price"]);

function eventOf(status: ListingStatus): ChangeKind | undefined {
  switch (status) {
    case "IN_PROGRESS":
      return "listing.started";
    case "PROVISIONAL":
      return "listing.provisional";
    case "SOLD":
      return "listing.sold";
    case "NOT_SOLD":
      return "listing.not-sold";
    case "CANCELLED":
      return "listing.cancelled";
    default:
      return undefined;
  }
}

const bidPlaced = (bid: Bid, about: Pick<Change, "listing" | "previous" | "changed">): Change => ({
  kind: "listing.bid-placed",
  ...about,
  bid,
});

const created = (listing: Listing | null): Change => ({
  kind: "stock.created",
  listing,
  previous: { status: null },
  changed: [],
});

function updated({ own, listing: known }: Known, stock: Stock, listing: Listing | null): Change[] {
  const changed = changedPaths(own, stock.own);
  if (changed.length === 0) return [];
  const previous = { ...formerValues(own, changed), status: known?.status ?? null };
  return [{ kind: "stock.updated", listing, previous, changed }];
}

/** Equal bids are told as often as they stand there. */
function newBids(told: readonly string[], bids: readonly Bid[]): Bid[] {
  const left = [...told];
  return bids.filter(({ key }) => {
    const at = left.indexOf(key);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A bid that the upstream shows no longer stays told: should it come back, it is not new. */
function remembered(listing: Listing, told: readonly string[]): KnownListing {
  const { id, status, bids, facts } = listing;
  return { id, status, bids: [...told, ...newBids(told, bids).map(({ key }) => key)], facts };
}
