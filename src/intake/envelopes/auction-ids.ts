import { type JsonSlice, readElements, shapeOf, stringOf, textOf } from "./json-slices.ts";

type Members = ReadonlyMap<string, JsonSlice> | null;

const cartItemShape = shapeOf({ "auction-id": null }, "drops keys");

/**
 * The auctions an event names, each once: the one at the top of its payload, else those of its cart, else the
 * one at the top of its envelope.
 */
export function auctionIdsOf(payload: Members, envelope: Members): string[] {
  const own = auctionIdIn(payload);
  if (own !== undefined) return [own];
  const cart = payload?.get("cart-items");
  const inCart = cart?.kind === "array" ? auctionIdsInCart(cart) : [];
  if (inCart.length > 0) return inCart;
  const outer = auctionIdIn(envelope);
  return outer === undefined ? [] : [outer];
}

function auctionIdsInCart({ bytes, start }: JsonSlice): string[] {
  const ids = new Set<string>();
  readElements(bytes, start, {
    shape: cartItemShape,
    visit: (item) => {
      const id = auctionIdIn(item.members);
      if (id !== undefined) ids.add(id);
    },
  });
  return [...ids];
}

/** A number counts as its digits stand; what is neither that nor a string with something in it names no auction. */
function auctionIdIn(members: Members): string | undefined {
  const value = members?.get("auction-id");
  if (value?.kind === "number") return textOf(value);
  return value?.kind === "string" ? stringOf(value) || undefined : undefined;
}
