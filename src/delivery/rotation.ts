import type { Lane } from "./lane.ts";

/** Lanes that may take a slot, in turn: over customers first, then over each one's subscriptions. */
export class Rotation {
  // Sets keep the order of insertion: taking the first and adding it again at the end is one turn.
  readonly #customers = new Map<number, Set<Lane>>();

  /** Puts a lane in or takes it out; one that is in keeps its place. */
  set(lane: Lane, isIn: boolean): void {
    const lanes = this.#customers.get(lane.customerId);
    if (isIn) {
      if (lanes === undefined) this.#customers.set(lane.customerId, new Set([lane]));
      else lanes.add(lane);
    } else if (lanes?.delete(lane) && lanes.size === 0) {
      this.#customers.delete(lane.customerId);
    }
  }

  /** The lane whose turn it is, which then goes to the end; null when there is none. */
  next(): Lane | null {
    for (const [customerId, lanes] of this.#customers) {
      for (const lane of lanes) {
        lanes.delete(lane);
        lanes.add(lane);
        this.#customers.delete(customerId);
        this.#customers.set(customerId, lanes);
        return lane;
      }
    }
    return null;
  }
}
