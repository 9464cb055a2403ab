import type { Parcel } from "./parcel.ts";

/** Payloads of waiting deliveries kept in memory, in characters; past this they are read when their turn comes. */
const MAX_HELD_PAYLOAD = 16 * 1024 * 1024;

/** The parcels of deliveries that were just made, so that their first attempt need not read them. */
export class HeldParcels {
  readonly #parcels = new Map<number, Parcel>();
  #heldPayload = 0;

  /** Keeps a parcel where there is room. */
  hold(id: number, parcel: Parcel): void {
    if (this.#heldPayload + parcel.payload.length > MAX_HELD_PAYLOAD) return;
    this.#heldPayload += parcel.payload.length;
    this.#parcels.set(id, parcel);
  }

  /** Gives a parcel away; null where it was not kept. */
  take(id: number): Parcel | null {
    const parcel = this.#parcels.get(id);
    if (parcel === undefined) return null;
    this.#parcels.delete(id);
    this.#heldPayload -= parcel.payload.length;
    return parcel;
  }

  /** Forgets them all. */
  clear(): void {
    this.#parcels.clear();
    this.#heldPayload = 0;
  }
}
