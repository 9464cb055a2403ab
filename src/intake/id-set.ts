/** Ids that one block of bits holds. */
const BLOCK = 4096;

/** A set of row ids, a bit each: rows that were made one after another lie in the same blocks. */
export class IdSet {
  readonly #blocks = new Map<number, Uint8Array>();

  add(id: number): void {
    const number = Math.floor(id / BLOCK);
    const block = this.#blocks.get(number) ?? new Uint8Array(BLOCK / 8);
    this.#blocks.set(number, block);
    const at = id % BLOCK;
    block[at >> 3] = (block[at >> 3] ?? 0) | (1 << (at & 7));
  }

  has(id: number): boolean {
    const at = id % BLOCK;
    const byte = this.#blocks.get(Math.floor(id / BLOCK))?.[at >> 3] ?? 0;
    return (byte & (1 << (at & 7))) !== 0;
  }
}
