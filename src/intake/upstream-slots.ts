/** How many exchanges may be under way at once, in all and of one customer. */
export interface Room {
  total: number;
  perCustomer: number;
}

/** For runs, and for calls that a person waits for; together what Bun's 256 fetches leave beside 200 attempts. */
export const ROOM_FOR_RUNS: Room = { total: 44, perCustomer: 8 };
export const ROOM_FOR_PEOPLE: Room = { total: 12, perCustomer: 4 };

interface Waiting {
  owner: number;
  begin: () => void;
}

/** Lets exchanges begin in the order they came, while there is room: an upstream that hangs holds up its own customer. */
export class UpstreamSlots {
  readonly #room: Room;
  readonly #underWay = new Map<number, number>();
  #total = 0;
  #waiting: Waiting[] = [];

  constructor(room: Room) {
    this.#room = room;
  }

  /** Runs the work once there is room for its owner; given up without running where the signal is aborted first. */
  async hold<T>(owner: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(owner, signal);
    try {
      return await work();
    } finally {
      this.#release(owner);
    }
  }

  #take(owner: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#hasRoomFor(owner)) {
      this.#begin(owner);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const entry = { owner, begin: resolve };
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((each) => each !== entry);
        reject(signal.reason);
      };
      signal.addEventListener("abort", giveUp, { once: true });
      entry.begin = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      this.#waiting.push(entry);
    });
  }

  #release(owner: number): void {
    const left = (this.#underWay.get(owner) ?? 1) - 1;
    if (left === 0) this.#underWay.delete(owner);
    else this.#underWay.set(owner, left);
    this.#total -= 1;
    const next = this.#waiting.findIndex((each) => this.#hasRoomFor(each.owner));
    const [entry] = next < 0 ? [] : this.#waiting.splice(next, 1);
    if (entry === undefined) return;
    this.#begin(entry.owner);
    entry.begin();
  }

  #begin(owner: number): void {
    this.#underWay.set(owner, (this.#underWay.get(owner) ?? 0) + 1);
    this.#total += 1;
  }

  #hasRoomFor(owner: number): boolean {
    const { total, perCustomer } = this.#room;
    return this.#total < total && (this.#underWay.get(owner) ?? 0) < perCustomer;
  }
}
