import { Problem } from "../problems.ts";
import type { Sealer } from "../sealer.ts";

/** Turns the place where a page ended into an opaque key, which works for the same list and customer only. */
export interface PageKeys {
  keyFor(list: string, customerId: number, lastId: number): string;
  /** The place a key stands for; the very beginning without one. @throws Problem invalid_page_key */
  placeOf(list: string, customerId: number, key: string | undefined): number;
}

/** Newest first begins below every id there can be. */
const BEGINNING = Number.MAX_SAFE_INTEGER;

/** Longer ones are not ours. */
const MAX_KEY_LENGTH = 200;

/** Seals page keys, so that they tell nothing of how many rows there are and cannot be made up. */
export function openPageKeys(sealer: Sealer): PageKeys {
  const purpose = (list: string, customerId: number) => `page/${list}/${customerId}`;
  return {
    keyFor: (list, customerId, lastId) =>
      sealer.seal(String(lastId), purpose(list, customerId)).toString("base64url"),
    placeOf(list, customerId, key) {
      if (key === undefined) return BEGINNING;
      const bytes = key.length <= MAX_KEY_LENGTH ? Buffer.from(key, "base64url") : Buffer.alloc(0);
      const text = sealer.open(bytes, purpose(list, customerId));
      if (text === null) {
        const message = "must be a nextKey that this list gave";
        throw new Problem("invalid_page_key", { errors: [{ path: "query.lastKey", message }] });
      }
      return Number(text);
    },
  };
}
