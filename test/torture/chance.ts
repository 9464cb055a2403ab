/** Every random choice of a torture comes from here, so that a seed tells all of them. */
export interface Chance {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** True this often. */
  happens(share: number): boolean;
  /** Another source of choices, which what is drawn here does not disturb. */
  branch(): Chance;
}

/** Mulberry32, a small generator of good spread: seed in, always the same numbers out. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    happens: (share) => next() < share,
    branch: () => chanceFrom(Math.floor(next() * 4_294_967_296)),
  };
}
