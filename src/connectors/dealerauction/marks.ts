import type { Undone, Verdict } from "../command.ts";
import type { Listing } from "./readings.ts";

/** Which listing is to be marked, and for a sale at which price in whole pounds. */
export interface MarkRequest {
  listingId: string;
  salePrice?: number;
}

/** What a command makes of a listing; pure, so that a table of cases holds it all. */
export interface Mark {
  /** Where it is sent, `{listingId}` in it. */
  path: string;
  /** JSON; null: without a body. */
  body(request: MarkRequest): string | null;
  /** In which state of the listing it may be sent; null: the upstream decides. */
  requires: { sentence: string; isMet(listing: Listing): boolean } | null;
  /** What a listing that is read after a lost answer tells; `before` is its status before, where that was read. */
  judge(listing: Listing, request: MarkRequest, before: string | null): Verdict;
}

/** Sells to the highest bidder, for good: only from PROVISIONAL and with a bid (seed 002). */
export const markAsSold: Mark = {
  path: "/v1/listings/{listingId}/mark-as-sold",
  body: ({ salePrice }) => JSON.stringify({ salePrice }),
  requires: {
    sentence: "Only a listing that is PROVISIONAL and has a bid can be marked as sold",
    isMet: ({ status, bids }) => status === "PROVISIONAL" && bids.length > 0,
  },
  judge(listing, { salePrice }) {
    if (listing.status === "PROVISIONAL") return notDone(listing);
    if (listing.status !== "SOLD") return otherwise(listing);
    if (listing.salePrice === null) return untold(listing);
    return listing.salePrice === salePrice ? done(listing) : otherwise(listing);
  },
};

/** From PROVISIONAL, or from SOLD: the upstream takes a sale back (UPSTREAMS 1). */
export const markAsNotSold: Mark = {
  path: "/v1/listings/{listingId}/mark-as-not-sold",
  body: () => null,
  requires: {
    sentence: "Only a listing that is PROVISIONAL or SOLD can be marked as not sold",
    isMet: ({ status }) => status === "PROVISIONAL" || status === "SOLD",
  },
  judge(listing, _, before) {
    if (listing.status === "NOT_SOLD") return done(listing);
    return listing.status === before ? notDone(listing) : otherwise(listing);
  },
};

/** The upstream documents neither its path nor from where it may be done. */
export const markAsProvisional = (path: string): Mark => ({
  path,
  body: () => null,
  requires: null,
  judge: (listing) => (listing.status === "PROVISIONAL" ? done(listing) : notDone(listing)),
});

/** The state of a listing, as a problem may tell it. */
export const stateOf = ({ status, bids, salePrice }: Listing): NonNullable<Undone["found"]> => ({
  status,
  bids: bids.length,
  salePrice,
});

const done = ({ text }: Listing): Verdict => ({ outcome: "done", answer: text });

const notDone = (listing: Listing): Verdict => ({
  outcome: "not-done",
  code: "upstream_failed",
  detail: `The upstream did not do it; the listing is ${listing.status}.`,
  found: stateOf(listing),
});

const otherwise = (listing: Listing): Verdict => ({
  outcome: "refused",
  code: "listing_state",
  detail: `The listing has become ${listing.status}${priceIn(listing)} by other means.`,
  found: stateOf(listing),
});

const untold = (listing: Listing): Verdict => ({
  outcome: "unknown",
  code: "upstream_failed",
  detail: "The listing is SOLD, but the upstream does not say at which price.",
  found: stateOf(listing),
});

const priceIn = ({ salePrice }: Listing) => (salePrice === null ? "" : ` at ${salePrice}`);
