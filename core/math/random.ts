/** A source of numbers in [0, 1). */
export type Random = () => number;

/**
 * A small seeded generator: equal seeds give equal sequences on every machine. Not for secrets.
 *
 * @param seed 32 bits are used
 * @see T. Ettinger, mulberry32
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
