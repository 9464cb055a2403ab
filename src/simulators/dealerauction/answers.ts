import { highestBid, type SimulatedListing, type SimulatedStock, type World } from "./world.ts";

/** An entry of the stock search: without listing id and date of change, with numbers where strings are announced. */
export function stockSummary(world: World, item: SimulatedStock) {
  const { car } = item;
  const listing = world.listing(item.listingId);
  return {
    id: item.id,
    publicReference: item.publicReference,
    customerId: asSample(item.customerId),
    lifecycleState: lifecycleState(item, listing),
    externalStockId: `EXT-${item.publicReference}`,
    externalVendorId: null,
    vrm: car.vrm,
    vin: car.vin,
    createDate: iso(item.createdAt),
    availableUntil: withOffset(item.createdAt + 90 * DAY),
    advert: {
      state: advertState(listing),
      ...(listing && {
        auction: { type: "BID", startDate: iso(listing.createdAt), endDate: iso(listing.endsAt) },
      }),
    },
  };
}

/** A stock item by its id. */
export function stockDetail(world: World, item: SimulatedStock) {
  const listing = world.listing(item.listingId);
  const { car } = item;
  return {
    id: item.id,
    ...(item.listingId !== null && { listingId: item.listingId }),
    createdDate: iso(item.createdAt),
    updatedDate: iso(item.updatedAt),
    publicReference: item.publicReference,
    metadata: { externalStockId: `EXT-${item.publicReference}` },
    lifecycleState: lifecycleState(item, listing),
    customerId: asSample(item.customerId),
    vehicle: car,
    advert: {
      state: advertState(listing),
      createdDate: iso(item.createdAt),
      updatedDate: iso(item.updatedAt),
      ...(listing && {
        auction: { type: "BID", reservePrice: listing.reservePrice, endDate: iso(listing.endsAt) },
      }),
    },
    features: ["Air conditioning", "Bluetooth", "Parking sensors"],
    images: [`https://images.example.com/${item.id}/1.jpg`, `https://images.example.com/${item.id}/2.jpg`],
    condition: { grade: "2", serviceHistory: "FULL" },
    availableUntil: withOffset(item.createdAt + 90 * DAY),
  };
}

/** A listing in the shape of seed 002. */
export function listingDetail(listing: SimulatedListing) {
  const { bids, status, reservePrice, buyNowPrice, cancelledAt, soldFor } = listing;
  const highest = highestBid(listing);
  return {
    id: listing.id,
    stockId: listing.stockId,
    status,
    auction: {
      created: iso(listing.createdAt),
      startTime: iso(listing.createdAt),
      endTime: iso(listing.endsAt),
      ...(cancelledAt !== null && { cancelTime: iso(cancelledAt) }),
      bids: bids.map(({ value, at }) => ({ value, time: iso(at) })),
      ...(buyNowPrice !== null && { buyNowPrice }),
      reservePrice,
      reserveMet: highest !== null && highest >= reservePrice,
      ...(highest !== null && { currentPrice: highest }),
      type: "BID",
    },
    negotiation: status === "PROVISIONAL" ? { askingPrice: reservePrice, price: highest, buyer } : {},
    ...(status === "SOLD" && { sale: { buyer, price: soldFor } }),
  };
}

/** The same person buys everything here. */
const buyer = {
  tradingName: "Example Dealer Cars UK",
  contacts: [
    {
      type: "USER",
      title: "Ms",
      firstName: "Bea",
      lastName: "Buyer",
      email: "bea.buyer@example.com",
      mobileNumber: "07700900123",
    },
  ],
  address: { line1: "1 Example Street", town: "Leeds", postcode: "LS1 1AA" },
};

const DAY = 86_400_000;

function lifecycleState(item: SimulatedStock, listing: SimulatedListing | null): string {
  if (item.deleted !== "no") return "DELETED";
  if (item.isInWastebin) return "WASTEBIN";
  if (listing?.status === "SOLD") return "SOLD";
  return listing?.status === "IN_PROGRESS" || listing?.status === "PROVISIONAL"
    ? "SALE_IN_PROGRESS"
    : "FORECOURT";
}

const advertState = (listing: SimulatedListing | null) =>
  listing?.status === "IN_PROGRESS" ? "ACTIVE" : "INACTIVE";

const iso = (at: number) => new Date(at).toISOString();

/** One date of the samples is written so, the others with milliseconds and a Z. */
const withOffset = (at: number) => iso(at).replace(/\.\d{3}Z$/, "+00:00");

/** Announced as a string; the samples have a number. */
const asSample = (customerId: string) => (/^\d{1,15}$/.test(customerId) ? Number(customerId) : customerId);
