import { digestOf, type Facts, factsAt, factsIn, isObject, valueAt } from "../facts.ts";

// What the upstream sends, read leniently: its types are not what it announces (UPSTREAMS 1).

type Json = Record<string, unknown>;

/** Where a listing stands; other words are kept as they came and give no event. */
export type ListingStatus = "IN_PROGRESS" | "PROVISIONAL" | "SOLD" | "NOT_SOLD" | "CANCELLED" | (string & {});

/** One entry of a stock search; it tells neither the listing nor when something was changed. */
export interface StockSummary {
  id: string;
  /** Its listing changes without a trace in this entry. */
  isInAuction: boolean;
  isDeleted: boolean;
  digest: string;
}

/** One page of a stock search. */
export interface StockPage {
  items: StockSummary[];
  /** Null: it cannot be told. */
  lastPage: number | null;
}

/** A stock item. */
export interface Stock {
  id: string;
  customerId: string | null;
  listingId: string | null;
  /** Ms UTC. */
  updatedAt: number | null;
  isDeleted: boolean;
  vrm: string | null;
  vin: string | null;
  /** What is the stock's own, and not a mirror of its listing. */
  own: Facts;
  /** As it was received. */
  text: string;
}

/** A bid; it has no id of its own. */
export interface Bid {
  /** The same bid always has the same key; two equal ones have it twice. */
  key: string;
  value: unknown;
  time: unknown;
}

/** A listing. */
export interface Listing {
  id: string;
  status: ListingStatus;
  /** In the order they were placed. */
  bids: Bid[];
  salePrice: number | null;
  /** What may be told of it when it has changed; nothing personal. */
  facts: Facts;
  /** As it was received. */
  text: string;
}

/** Reads a page of the search; entries without an id are left out. Null: it is none. */
export function readStockPage(body: Json): StockPage | null {
  const { stockItems, paginator } = body;
  if (!Array.isArray(stockItems)) return null;
  const lastPage = numberOf(valueAt(paginator, "lastPage"));
  return { items: stockItems.filter(isObject).flatMap(readSummary), lastPage };
}

function readSummary(item: Json): StockSummary[] {
  const id = textOf(item.id);
  if (id === null) return [];
  const lifecycle = wordOf(item.lifecycleState);
  const isInAuction = lifecycle === "SALE_IN_PROGRESS" || wordOf(valueAt(item, "advert.state")) === "ACTIVE";
  return [{ id, isInAuction, isDeleted: lifecycle === "DELETED", digest: digestOf(item) }];
}

/** Fields of a stock item that name it, date it, or mirror its listing. */
const NOT_ITS_OWN = new Set(["id", "listingId", "createdDate", "updatedDate", "lifecycleState", "advert"]);

/** Reads a stock item. Null: it is none. */
export function readStock(body: Json, text: string): Stock | null {
  const id = textOf(body.id);
  if (id === null) return null;
  const lifecycle = wordOf(body.lifecycleState);
  const own = factsIn(body, NOT_ITS_OWN);
  if (lifecycle === "WASTEBIN") own.lifecycleState = lifecycle; // all its other states follow the listing
  return {
    id,
    customerId: textOf(body.customerId),
    listingId: textOf(body.listingId),
    updatedAt: instantOf(body.updatedDate),
    isDeleted: lifecycle === "DELETED",
    vrm: markOf(valueAt(body, "vehicle.vrm") ?? body.vrm),
    vin: markOf(valueAt(body, "vehicle.vin") ?? body.vin),
    own,
    text,
  };
}

const LISTING_FACTS = [
  "status",
  "auction.startTime",
  "auction.endTime",
  "auction.cancelTime",
  "auction.buyNowPrice",
  "auction.reservePrice",
  "auction.reserveMet",
  "auction.currentPrice",
  "negotiation.askingPrice",
  "negotiation.price",
  "sale.price",
];

/** Reads a listing. Null: it is none. */
export function readListing(body: Json, text: string): Listing | null {
  const id = textOf(body.id);
  const status = wordOf(body.status);
  if (id === null || status === null) return null;
  const bids = valueAt(body, "auction.bids");
  return {
    id,
    status: status === "EXPIRED" ? "NOT_SOLD" : status, // one page of the upstream's documentation calls it so
    bids: Array.isArray(bids) ? bids.map(readBid).sort(inOrder) : [],
    salePrice: numberOf(valueAt(body, "sale.price")),
    facts: factsAt(body, LISTING_FACTS),
    text,
  };
}

function readBid(bid: unknown): Bid {
  const [value, time] = [valueAt(bid, "value"), valueAt(bid, "time")];
  const at = instantOf(time);
  const key = `${numberOf(value) ?? digestOf(value)}@${at === null ? digestOf(time) : at}`;
  return { key, value: value ?? null, time: time ?? null };
}

function inOrder(one: Bid, other: Bid): number {
  const byTime = (instantOf(one.time) ?? 0) - (instantOf(other.time) ?? 0);
  return byTime || (numberOf(one.value) ?? 0) - (numberOf(other.value) ?? 0);
}

/** Also of a number; null for everything else, and for blanks. */
export function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** Also of a text; null for everything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

const wordOf = (value: unknown): string | null => textOf(value)?.toUpperCase() ?? null;

/** Registration marks and VINs stand in capitals and without spaces (UPSTREAMS 6). */
const markOf = (value: unknown): string | null => textOf(value)?.replaceAll(/\s/g, "").toUpperCase() ?? null;

/** Ms UTC, with any offset; null where it is no instant. */
function instantOf(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
