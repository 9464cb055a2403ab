import type { World } from "./world.ts";

/** Twice as many cars as at the start, no more come into stock. */
const GROWTH = 2;

/** Of the first cars, so many are in auctions at the start. */
const IN_AUCTION = 2;

/** How long an auction lasts, ms. */
const AUCTION_MS = 60_000;

/** Lets things happen in a world by chance, one at a time. */
export interface Life {
  /** Lets one thing happen; says in a few words what. */
  happen(): string;
}

/** Puts some cars into a world, the first of them in auctions, and opens its life. */
export function openLife(parts: {
  world: World;
  customerId: string;
  /** How many cars there are at the start. */
  size: number;
  now: () => number;
  random: () => number;
}): Life {
  const { world, customerId, size, now, random } = parts;
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const inAuction = () =>
    world.stock
      .map(({ id }) => world.listingOf(id))
      .filter((listing) => listing !== null)
      .filter(({ status }) => status === "IN_PROGRESS");
  const idle = () =>
    world.stock.filter(({ id }) => {
      const status = world.listingOf(id)?.status;
      return status === undefined || status === "NOT_SOLD" || status === "CANCELLED";
    });

  function list(stockId: string): string {
    const reservePrice = 3000 + 500 * Math.floor(random() * 6);
    world.list(stockId, { endsAt: now() + AUCTION_MS, reservePrice });
    return `an auction of ${nameOf(stockId)} begins, reserve £${reservePrice}`;
  }

  function bid(listing: { id: string; stockId: string; bids: { value: number }[] }): string {
    const value = (listing.bids.at(-1)?.value ?? 2500) + 250 * (1 + Math.floor(random() * 3));
    world.bid(listing.id, value);
    return `£${value} is bid for ${nameOf(listing.stockId)}`;
  }

  function end(): string | null {
    const due = inAuction().find(({ endsAt }) => endsAt <= now());
    if (due === undefined) return null;
    world.end(due.id);
    return `the auction of ${nameOf(due.stockId)} ends: ${world.listing(due.id)?.status}, listing ${due.id}`;
  }

  const nameOf = (stockId: string): string => world.stockItem(stockId)?.car.vrm ?? stockId;

  for (let n = 0; n < size; n++) {
    const { id } = world.add(customerId);
    if (n < IN_AUCTION) list(id);
  }

  return {
    happen() {
      const ended = end();
      if (ended !== null) return ended;
      const [listing, car] = [pick(inAuction()), pick(idle())];
      const chance = random();
      if (listing !== undefined && chance < 0.7) return bid(listing);
      if (car !== undefined && chance < 0.9) return list(car.id);
      if (world.stock.length >= size * GROWTH) return "nothing";
      return `${world.add(customerId).car.vrm} comes into stock`;
    },
  };
}
