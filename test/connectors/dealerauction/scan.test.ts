import { expect, test } from "bun:test";
import { givenUpstream } from "./given.ts";

test("a life of a car is told event by event, each once", async () => {
  await using upstream = givenUpstream();
  const { world, poll } = upstream;
  const { id } = world.add("10001", { vrm: "AB17 abc" });
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.stock.created",
      vrm: "AB17ABC",
      stock: { id, lifecycleState: "FORECOURT" },
      listing: null,
      previous: { status: null },
    },
  ]);
  expect((await poll()).kinds).toEqual([]);

  const listing = world.list(id);
  expect((await poll()).kinds).toEqual(["listing.started"]);
  world.bid(listing.id, 3000);
  world.bid(listing.id, 3500);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.bid-placed", bid: { value: 3000 }, previous: { status: "IN_PROGRESS" } },
    { type: "dealerauction.listing.bid-placed", bid: { value: 3500 }, changed: ["auction.currentPrice"] },
  ]);
  world.bid(listing.id, 4000);
  world.end(listing.id);
  const ended = await poll();
  expect(ended.kinds).toEqual(["listing.bid-placed", "listing.provisional"]);
  expect(ended.told[1]).toMatchObject({
    listing: {
      id: listing.id,
      status: "PROVISIONAL",
      negotiation: { buyer: { tradingName: expect.any(String) } },
    },
    previous: { status: "IN_PROGRESS", auction: { currentPrice: 3500 } },
  });
  world.markAsSold(listing.id, 4500);
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.listing.sold",
      listing: { sale: { price: 4500 } },
      previous: { status: "PROVISIONAL" },
    },
  ]);
  world.markAsNotSold(listing.id);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.listing.reverted", listing: { status: "NOT_SOLD" }, previous: { status: "SOLD" } },
  ]);
  const again = world.list(id);
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.listing.relisted",
      listing: { id: again.id },
      previous: { status: "NOT_SOLD", listingId: listing.id },
    },
  ]);
  world.cancel(again.id);
  expect((await poll()).kinds).toEqual(["listing.cancelled"]);
  world.change(id, { mileage: 77_000 });
  expect((await poll()).told).toMatchObject([
    {
      type: "dealerauction.stock.updated",
      changed: ["vehicle.mileage"],
      stock: { vehicle: { mileage: 77_000 } },
    },
  ]);
  world.remove(id);
  expect((await poll()).told).toMatchObject([
    { type: "dealerauction.stock.removed", vrm: "AB17ABC", stock: { id }, previous: { status: "CANCELLED" } },
  ]);
  expect((await poll()).kinds).toEqual([]);
});
