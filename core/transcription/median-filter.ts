/**
 * Running medians of attention weights over time: the most costly thing that the thread beside the lanes does for a
 * transcript, and lanes wait for it meanwhile.
 *
 * @see openai-whisper `timing.py`: `median_filter`; transformers `_median_filter`
 */

/** The width with a fast way of its own; both families of recognisers use it. */
const SEVEN = 7;

/**
 * Filters each row by the median of `width` neighbours, mirrored at both ends without repeating the edge value.
 * Rows that are not longer than half the width stay as they are.
 *
 * @param width odd
 * @param out may not be `values`: neighbours are read after their own result is written
 */
export function medianFilterRows(
  values: Float32Array,
  columns: number,
  width: number,
  out: Float32Array,
): void {
  const half = Math.floor(width / 2);
  if (columns <= half) {
    out.set(values);
    return;
  }
  // One more at the end, because medians of seven are made in pairs.
  const padded = new Float32Array(columns + 2 * half + 1);
  const filterRow = width === SEVEN ? mediansOfSeven : mediansBySorting(width);
  for (let offset = 0; offset < values.length; offset += columns) {
    mirrorRow(values, offset, columns, half, padded);
    filterRow(padded, columns, out, offset);
  }
}

function mirrorRow(
  values: Float32Array,
  offset: number,
  columns: number,
  half: number,
  padded: Float32Array,
): void {
  for (let column = 0; column < columns; column++) padded[half + column] = values[offset + column]!;
  for (let distance = 1; distance <= half; distance++) {
    padded[half - distance] = values[offset + distance]!;
    padded[half + columns - 1 + distance] = values[offset + columns - 1 - distance]!;
  }
}

/** Writes the medians of one mirrored row. */
type RowFilter = (padded: Float32Array, columns: number, out: Float32Array, offset: number) => void;

function mediansBySorting(width: number): RowFilter {
  const window = new Float32Array(width);
  return (padded, columns, out, offset) => {
    for (let column = 0; column < columns; column++) {
      window.set(padded.subarray(column, column + width));
      out[offset + column] = window.sort()[(width - 1) / 2]!;
    }
  };
}

/**
 * Two neighbouring windows share six values. With their third and fourth smallest, low and high, the median of the six
 * and any other value x is x between low and high, else the nearer of the two. Low and high are found without sorting:
 * the largest and the smallest of five values are neither of them.
 */
function mediansOfSeven(padded: Float32Array, columns: number, out: Float32Array, offset: number): void {
  const { min, max } = Math;
  for (let column = 0; column < columns; column += 2) {
    const b = padded[column + 1]!;
    const c = padded[column + 2]!;
    const d = padded[column + 3]!;
    const e = padded[column + 4]!;
    const f = padded[column + 5]!;
    const g = padded[column + 6]!;
    const lowPair = min(b, c);
    const highPair = max(b, c);
    const lowOther = min(d, e);
    const highOther = max(d, e);
    // Of b to f, the smallest and the largest go …
    const p = max(lowPair, lowOther);
    const q = min(highPair, highOther);
    const rest = min(max(f, min(lowPair, lowOther)), max(highPair, highOther));
    // … and of p, q, rest and g, too.
    const one = max(min(p, q), min(rest, g));
    const other = min(max(p, q), max(rest, g));
    const low = min(one, other);
    const high = max(one, other);
    out[offset + column] = max(low, min(padded[column]!, high));
    if (column + 1 < columns) out[offset + column + 1] = max(low, min(padded[column + 7]!, high));
  }
}
