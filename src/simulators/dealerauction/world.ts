import { anyCar, anyId, type Car } from "./cars.ts";

/** Where a listing stands (seed 002). */
export type ListingStatus = "IN_PROGRESS" | "PROVISIONAL" | "CANCELLED" | "SOLD" | "NOT_SOLD";

/** One auction of one stock item; instants in ms UTC, prices in whole pounds. */
export interface SimulatedListing {
  id: string;
  stockId: string;
  status: ListingStatus;
  createdAt: number;
  endsAt: number;
  cancelledAt: number | null;
  reservePrice: number;
  buyNowPrice: number | null;
  bids: { value: number; at: number }[];
  /** What it was sold for; null: it is not sold. */
  soldFor: number | null;
}

/** A vehicle of a customer, with the auction it is in or was in last. */
export interface SimulatedStock {
  id: string;
  /** The upstream says it is a string, and sends a number. */
  publicReference: number;
  customerId: string;
  car: Car;
  createdAt: number;
  updatedAt: number;
  isInWastebin: boolean;
  /** `gone`: no request finds it any more. */
  deleted: "no" | "deleted" | "gone";
  listingId: string | null;
}

/** What the upstream says instead of doing as it was told. */
export interface Refusal {
  status: 400 | 404 | 409;
  errorCode: string;
  errorMessage: string;
}

const MINUTE = 60_000;

/** The stock and auctions of a few customers; nothing happens in it by itself. */
export class World {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #stock = new Map<string, SimulatedStock>();
  readonly #listings = new Map<string, SimulatedListing>();

  constructor({ now, random }: { now: () => number; random: () => number }) {
    this.#now = now;
    this.#random = random;
  }

  /** Newest first, as the search lists them. */
  get stock(): SimulatedStock[] {
    return [...this.#stock.values()].reverse();
  }

  stockItem(stockId: string): SimulatedStock | null {
    return this.#stock.get(stockId) ?? null;
  }

  listing(listingId: string | null): SimulatedListing | null {
    return (listingId !== null && this.#listings.get(listingId)) || null;
  }

  /** The listing that a stock item is in, or was in last. */
  listingOf(stockId: string): SimulatedListing | null {
    return this.listing(this.stockItem(stockId)?.listingId ?? null);
  }

  add(customerId: string, car: Partial<Car> = {}): SimulatedStock {
    const now = this.#now();
    const item: SimulatedStock = {
      id: anyId(this.#random),
      publicReference: 100_000 + this.#stock.size,
      customerId,
      car: { ...anyCar(this.#random), ...car },
      createdAt: now,
      updatedAt: now,
      isInWastebin: false,
      deleted: "no",
      listingId: null,
    };
    this.#stock.set(item.id, item);
    return item;
  }

  change(stockId: string, car: Partial<Car>): void {
    const item = this.#the(stockId);
    item.car = { ...item.car, ...car };
    this.#touch(item);
  }

  setWastebin(stockId: string, isInWastebin: boolean): void {
    const item = this.#the(stockId);
    item.isInWastebin = isInWastebin;
    this.#touch(item);
  }

  remove(stockId: string, how: "deleted" | "gone" = "gone"): void {
    const item = this.#the(stockId);
    item.deleted = how;
    this.#touch(item);
  }

  restore(stockId: string): void {
    const item = this.#the(stockId);
    item.deleted = "no";
    this.#touch(item);
  }

  /** Begins an auction, again as a new listing where there was one. */
  list(stockId: string, auction: Partial<SimulatedListing> = {}): SimulatedListing {
    const item = this.#the(stockId);
    const now = this.#now();
    const listing: SimulatedListing = {
      id: anyId(this.#random),
      stockId,
      status: "IN_PROGRESS",
      createdAt: now,
      endsAt: now + 30 * MINUTE,
      cancelledAt: null,
      reservePrice: 5000,
      buyNowPrice: null,
      bids: [],
      soldFor: null,
      ...auction,
    };
    this.#listings.set(listing.id, listing);
    item.listingId = listing.id;
    this.#touch(item);
    return listing;
  }

  /** One that reaches the buy-now price ends the auction at once. */
  bid(listingId: string, value: number): void {
    const listing = this.#theListing(listingId);
    listing.bids.push({ value, at: this.#now() });
    if (listing.buyNowPrice !== null && value >= listing.buyNowPrice) this.#settle(listing, "SOLD", value);
  }

  setEnd(listingId: string, endsAt: number): void {
    this.#theListing(listingId).endsAt = endsAt;
  }

  /** Time is up: sold where the reserve is met, provisional where it is not, not sold where nobody bid. */
  end(listingId: string): void {
    const listing = this.#theListing(listingId);
    const highest = highestBid(listing);
    listing.endsAt = this.#now();
    if (highest === null) this.#settle(listing, "NOT_SOLD");
    else if (highest < listing.reservePrice) this.#settle(listing, "PROVISIONAL");
    else this.#settle(listing, "SOLD", highest);
  }

  /** Ends all whose time is up. */
  endDue(): void {
    for (const listing of this.#listings.values()) {
      if (listing.status === "IN_PROGRESS" && listing.endsAt <= this.#now()) this.end(listing.id);
    }
  }

  cancel(listingId: string): void {
    const listing = this.#theListing(listingId);
    listing.cancelledAt = this.#now();
    this.#settle(listing, "CANCELLED");
  }

  markAsSold(listingId: string, salePrice: number): Refusal | null {
    const listing = this.listing(listingId);
    if (listing === null) return unknownListing;
    if (listing.status !== "PROVISIONAL") return wrongStatus(listing);
    if (listing.bids.length === 0) return invalid("The listing has no bidder");
    this.#settle(listing, "SOLD", salePrice);
    return null;
  }

  markAsNotSold(listingId: string): Refusal | null {
    const listing = this.listing(listingId);
    if (listing === null) return unknownListing;
    if (listing.status !== "PROVISIONAL" && listing.status !== "SOLD") return wrongStatus(listing);
    this.#settle(listing, "NOT_SOLD");
    return null;
  }

  markAsProvisional(listingId: string): Refusal | null {
    const listing = this.listing(listingId);
    if (listing === null) return unknownListing;
    if (listing.status === "IN_PROGRESS" || listing.status === "CANCELLED") return wrongStatus(listing);
    if (listing.bids.length === 0) return invalid("The listing has no bidder");
    this.#settle(listing, "PROVISIONAL");
    return null;
  }

  #settle(listing: SimulatedListing, status: ListingStatus, soldFor: number | null = null): void {
    listing.status = status;
    listing.soldFor = soldFor;
    this.#touch(this.#the(listing.stockId));
  }

  /** Bids do not come here: they change nothing of the stock item, as with the upstream. */
  #touch(item: SimulatedStock): void {
    item.updatedAt = Math.max(this.#now(), item.updatedAt + 1);
  }

  #the(stockId: string): SimulatedStock {
    const item = this.#stock.get(stockId);
    if (item === undefined) throw new Error(`the world has no stock item ${stockId}`);
    return item;
  }

  #theListing(listingId: string): SimulatedListing {
    const listing = this.#listings.get(listingId);
    if (listing === undefined) throw new Error(`the world has no listing ${listingId}`);
    return listing;
  }
}

/** Null where nobody bid. */
export const highestBid = ({ bids }: SimulatedListing): number | null =>
  bids.length === 0 ? null : Math.max(...bids.map(({ value }) => value));

const invalid = (errorMessage: string): Refusal => ({
  status: 400,
  errorCode: "INVALID_STOCK_ITEM",
  errorMessage,
});

const wrongStatus = ({ status }: SimulatedListing) => invalid(`The listing is ${status}`);

const unknownListing: Refusal = {
  status: 404,
  errorCode: "SERVER_ERROR",
  errorMessage: "An unexpected error has occurred",
};
