import { deflateSymbols, DISTANCE_EXTRA_BITS, END_OF_BLOCK, LENGTH_EXTRA_BITS } from './deflate-symbols.ts';
import { type CodeLengths, huffmanLengths } from './huffman-lengths.ts';

/** The header of zlib and its checksum. */
const WRAPPER_BYTES = 6;
const BLOCK_HEADER_BITS = 3;
/** What a block without compression carries besides its bytes. */
const STORED_BYTES = 4;
/** One block and one window hold so much; texts of a window of speech have a tenth of it. */
const MOST_BYTES = 16_000;

const LONGEST_CODE = 15;
const LONGEST_LENGTH_CODE = 7;
const STATIC_DISTANCE_BITS = 5;
/** Order in which the lengths of the code of lengths are sent; unused ones at the end are not. */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const REPEAT = 16;
const ZEROS = 17;
const MANY_ZEROS = 18;
const REPEAT_EXTRA_BITS: ReadonlyMap<number, number> = new Map([
  [REPEAT, 2],
  [ZEROS, 3],
  [MANY_ZEROS, 7],
]);

/**
 * How many bytes zlib makes of some, at level 6.
 *
 * The zlib inside Node is another one: it takes faster hashes where the processor has them and misses short repeats, so
 * its lengths differ from those of Python by up to a seventh, and from machine to machine. This one is counted by the
 * rules of zlib 1.2.13, bit for bit, so that a text gets the same score everywhere. Bytes beyond 16,000 are not looked
 * at together with those before: the counts are added up.
 */
export function zlibLength(bytes: Uint8Array): number {
  let bits = 0;
  for (let start = 0; start === 0 || start < bytes.length; start += MOST_BYTES) {
    bits += blockBits(bytes.subarray(start, start + MOST_BYTES));
  }
  return WRAPPER_BYTES + Math.ceil(bits / 8);
}

/** Of the shortest of the three forms of a block. */
function blockBits(bytes: Uint8Array): number {
  const { literals, distances } = deflateSymbols(bytes);
  const literalCode = huffmanLengths(literals, LONGEST_CODE);
  const distanceCode = huffmanLengths(distances, LONGEST_CODE);
  const extra = bitsOf(literals, literalExtraBits) + bitsOf(distances, distanceExtraBits);
  const fixed =
    BLOCK_HEADER_BITS +
    extra +
    bitsOf(literals, staticLiteralBits) +
    bitsOf(distances, () => STATIC_DISTANCE_BITS);
  const own =
    BLOCK_HEADER_BITS +
    extra +
    bitsOf(literals, (symbol) => literalCode.lengths[symbol]!) +
    bitsOf(distances, (symbol) => distanceCode.lengths[symbol]!) +
    codeBits([literalCode, distanceCode]);
  const isFixed = Math.ceil(fixed / 8) <= Math.ceil(own / 8);
  const best = isFixed ? fixed : own;
  if (bytes.length > 0 && bytes.length + STORED_BYTES <= Math.ceil(best / 8)) {
    return 8 * (1 + STORED_BYTES + bytes.length);
  }
  return best;
}

function bitsOf(counts: Float64Array, bits: (symbol: number) => number): number {
  return counts.reduce((sum, count, symbol) => (count === 0 ? sum : sum + count * bits(symbol)), 0);
}

function literalExtraBits(symbol: number): number {
  return symbol <= END_OF_BLOCK ? 0 : LENGTH_EXTRA_BITS[symbol - END_OF_BLOCK - 1]!;
}

function distanceExtraBits(symbol: number): number {
  return DISTANCE_EXTRA_BITS[symbol]!;
}

function staticLiteralBits(symbol: number): number {
  if (symbol < 144) return 8;
  if (symbol < END_OF_BLOCK) return 9;
  return symbol < 280 ? 7 : 8;
}

/** What it takes to send the lengths of both codes, themselves coded. */
function codeBits(codes: readonly CodeLengths[]): number {
  const counts = new Float64Array(LENGTH_CODE_ORDER.length);
  for (const code of codes) countLengths(code, counts);
  const { lengths } = huffmanLengths(counts, LONGEST_LENGTH_CODE);
  const sent = Math.max(LENGTH_CODE_ORDER.findLastIndex((symbol) => lengths[symbol] !== 0) + 1, 4);
  const bitsOfSymbol = (symbol: number) => lengths[symbol]! + (REPEAT_EXTRA_BITS.get(symbol) ?? 0);
  return bitsOf(counts, bitsOfSymbol) + 3 * sent + 5 + 5 + 4;
}

/** How often each length, and each kind of run of lengths, is sent. @see zlib `trees.c`, `scan_tree` */
function countLengths({ lengths, lastSymbol }: CodeLengths, counts: Float64Array): void {
  let previous = -1;
  for (let first = 0; first <= lastSymbol;) {
    const length = lengths[first]!;
    const [fewest, most] = length === 0 ? [3, 138] : length === previous ? [3, 6] : [4, 7];
    let run = 1;
    while (run < most && first + run <= lastSymbol && lengths[first + run] === length) run++;
    if (run < fewest) counts[length]! += run;
    else if (length === 0) counts[run <= 10 ? ZEROS : MANY_ZEROS]!++;
    else {
      if (length !== previous) counts[length]!++;
      counts[REPEAT]!++;
    }
    previous = length;
    first += run;
  }
}
