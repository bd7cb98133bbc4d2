/** Literals 0 to 255, the end of a block, and lengths from 257 on. */
export const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;

/** How often deflate would write each symbol. */
export type SymbolCounts = { readonly literals: Float64Array; readonly distances: Float64Array };

/** Extra bits of lengths from symbol 257 on, and of distances. */
export const LENGTH_EXTRA_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
export const DISTANCE_EXTRA_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const LENGTH_BASES = basesOf(LENGTH_EXTRA_BITS, 3);
const DISTANCE_BASES = basesOf(DISTANCE_EXTRA_BITS, 1);

function basesOf(extraBits: readonly number[], first: number): number[] {
  let base = first;
  return extraBits.map((bits) => {
    const own = base;
    base += 2 ** bits;
    return own;
  });
}

const SHORTEST = 3;
const LONGEST = 258;
/** A repeat of 3 bytes further back costs more than 3 literals. */
const TOO_FAR = 4096;
const HASH_MASK = 0x7fff;

/** Level 6 of zlib: how hard it looks for repeats. */
const GOOD_LENGTH = 8;
const LAZY_LENGTH = 16;
const NICE_LENGTH = 128;
const LONGEST_CHAIN = 128;

/**
 * Finds repeats as zlib does at level 6: for each position the longest among the latest that begin alike, and not if
 * the next position has a longer one.
 *
 * @param bytes shorter than zlib's window of 32 KiB, so that everything stays in reach
 * @see zlib 1.2.13 `deflate.c`, `deflate_slow`, `longest_match`
 */
export function deflateSymbols(bytes: Uint8Array): SymbolCounts {
  const literals = new Float64Array(FIRST_LENGTH + LENGTH_EXTRA_BITS.length);
  const distances = new Float64Array(DISTANCE_EXTRA_BITS.length);
  const finder = new RepeatFinder(bytes);
  let previousLength = SHORTEST - 1;
  let previousStart = 0;
  let hasPending = false;
  for (let position = 0; position < bytes.length;) {
    const { length, start } = finder.find(position, previousLength);
    if (previousLength >= SHORTEST && length <= previousLength) {
      literals[FIRST_LENGTH + symbolOf(previousLength, LENGTH_BASES)]!++;
      distances[symbolOf(position - 1 - previousStart, DISTANCE_BASES)]!++;
      const end = position - 1 + previousLength;
      for (let inside = position + 1; inside < end; inside++) finder.insert(inside);
      position = end;
      previousLength = SHORTEST - 1;
      hasPending = false;
      continue;
    }
    if (hasPending) literals[bytes[position - 1]!]!++;
    hasPending = true;
    previousLength = length;
    previousStart = start;
    position++;
  }
  if (hasPending) literals[bytes.at(-1)!]!++;
  literals[END_OF_BLOCK] = 1;
  return { literals, distances };
}

/** The last symbol whose values begin at or below a value; 258 has one of its own. */
function symbolOf(value: number, bases: readonly number[]): number {
  if (bases === LENGTH_BASES && value === LONGEST) return bases.length - 1;
  let symbol = bases === LENGTH_BASES ? bases.length - 2 : bases.length - 1;
  while (bases[symbol]! > value) symbol--;
  return symbol;
}

class RepeatFinder {
  readonly #bytes: Uint8Array;
  /** Latest position of each hash, and the one before each position; 0 stands for none, as in zlib. */
  readonly #latest = new Int32Array(HASH_MASK + 1);
  readonly #earlier: Int32Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#earlier = new Int32Array(bytes.length);
  }

  /** Remembers a position and gives the latest before it with the same hash. */
  insert(position: number): number {
    const bytes = this.#bytes;
    if (position + SHORTEST > bytes.length) return 0;
    const hash = ((bytes[position]! << 10) ^ (bytes[position + 1]! << 5) ^ bytes[position + 2]!) & HASH_MASK;
    const head = this.#latest[hash]!;
    this.#earlier[position] = head;
    this.#latest[hash] = position;
    return head;
  }

  /** The longest repeat at a position that is longer than the one before it. */
  find(position: number, previousLength: number): { length: number; start: number } {
    const none = { length: SHORTEST - 1, start: 0 };
    let candidate = this.insert(position);
    if (candidate === 0 || previousLength >= LAZY_LENGTH) return none;
    const lookahead = this.#bytes.length - position;
    const enough = Math.min(NICE_LENGTH, lookahead);
    let length = previousLength;
    let start = 0;
    let tries = previousLength >= GOOD_LENGTH ? LONGEST_CHAIN >> 2 : LONGEST_CHAIN;
    for (; candidate > 0 && tries > 0; candidate = this.#earlier[candidate]!, tries--) {
      const common = this.#commonLength(candidate, position);
      if (common <= length) continue;
      length = common;
      start = candidate;
      if (length >= enough) break;
    }
    if (length === SHORTEST && position - start > TOO_FAR) return none;
    return { length, start };
  }

  #commonLength(candidate: number, position: number): number {
    const most = Math.min(LONGEST, this.#bytes.length - position);
    let length = 0;
    while (length < most && this.#bytes[candidate + length] === this.#bytes[position + length]) length++;
    return length;
  }
}
