/**
 * When was each token said? From cross attentions by dynamic time warping, as Whisper and Moonshine both do it.
 *
 * @see openai-whisper `timing.py`: `dtw`; transformers `_dynamic_time_warping`
 */
import type { Matrix } from '../math/matrix.ts';
import { medianFilterRows } from './median-filter.ts';

/** A word and which tokens make it up: [firstToken, endToken). */
export type TokenWord = {
  readonly text: string;
  /** As `RecognisedWord` has it. */
  readonly spaceBefore?: boolean;
  readonly firstToken: number;
  readonly endToken: number;
};

/** Width of the median filter over time that both families use. */
export const MEDIAN_FILTER_WIDTH = 7;

/** A way through a cost matrix [rows, columns] from the first to the last cell: one row and one column a step. */
export type WarpingPath = { readonly rows: Int32Array; readonly columns: Int32Array };

/**
 * One matrix from the attentions of several heads: in each head and frame the weights are standardised over the tokens
 * (biased deviation; equal weights become zeros), median-filtered over time, and the heads are averaged.
 *
 * @param tokens by token: [heads, frames], row-major
 * @returns [tokens, frames]; large where a token looked at a frame more than others did
 */
export function alignmentOfHeads(tokens: readonly Float32Array[], frameCount: number): Matrix {
  const rows = tokens.length;
  const headCount = rows === 0 ? 0 : tokens[0]!.length / frameCount;
  const mean = new Float32Array(rows * frameCount);
  const head = new Float32Array(rows * frameCount);
  const filtered = new Float32Array(rows * frameCount);
  for (let index = 0; index < headCount; index++) {
    tokens.forEach((row, token) => {
      head.set(row.subarray(index * frameCount, (index + 1) * frameCount), token * frameCount);
    });
    standardizeColumns(head, frameCount);
    medianFilterRows(head, frameCount, MEDIAN_FILTER_WIDTH, filtered);
    for (let cell = 0; cell < mean.length; cell++) mean[cell]! += filtered[cell]! / headCount;
  }
  return { data: mean, rows, columns: frameCount };
}

/** To mean 0 and biased standard deviation 1 in each column, row by row through memory. */
function standardizeColumns(values: Float32Array, columns: number): void {
  const rows = values.length / columns;
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  for (let offset = 0; offset < values.length; offset += columns) {
    for (let column = 0; column < columns; column++) means[column]! += values[offset + column]! / rows;
  }
  for (let offset = 0; offset < values.length; offset += columns) {
    for (let column = 0; column < columns; column++) {
      const deviation = values[offset + column]! - means[column]!;
      scales[column]! += deviation * deviation;
    }
  }
  for (let column = 0; column < columns; column++) {
    scales[column] = scales[column]! > 0 ? 1 / Math.sqrt(scales[column]! / rows) : 0;
  }
  for (let offset = 0; offset < values.length; offset += columns) {
    for (let column = 0; column < columns; column++) {
      values[offset + column] = (values[offset + column]! - means[column]!) * scales[column]!;
    }
  }
}

/** Steps back from a cell: to the previous row and column, the previous row, the previous column. */
const DIAGONAL = 0;
const UP = 1;
const LEFT = 2;

/**
 * The cheapest monotonic way through a cost matrix. Costs add up in float32, as in the references.
 *
 * Ties: diagonally only if that is strictly cheaper than both others, else up only if strictly cheaper than both,
 * else left; so where both others tie, left is taken although it may be dearer. The references do so too.
 *
 * @param cost [tokens, frames] of finite numbers; for attentions, their negative
 */
export function warpTime({ data, rows, columns }: Matrix<Float32Array | Float64Array>): WarpingPath {
  const steps = new Uint8Array(rows * columns);
  let previous = new Float32Array(rows + 1).fill(Infinity);
  let current = new Float32Array(rows + 1);
  previous[0] = 0;
  for (let column = 0; column < columns; column++) {
    current[0] = Infinity;
    for (let row = 0; row < rows; row++) {
      const diagonal = previous[row]!;
      const up = current[row]!;
      const left = previous[row + 1]!;
      let cheapest = left;
      let step = LEFT;
      if (diagonal < up && diagonal < left) {
        cheapest = diagonal;
        step = DIAGONAL;
      } else if (up < diagonal && up < left) {
        cheapest = up;
        step = UP;
      }
      current[row + 1] = data[row * columns + column]! + cheapest;
      steps[row * columns + column] = step;
    }
    [previous, current] = [current, previous];
  }
  return traceBack(steps, rows, columns);
}

function traceBack(steps: Uint8Array, rows: number, columns: number): WarpingPath {
  const pathRows = new Int32Array(rows + columns);
  const pathColumns = new Int32Array(rows + columns);
  let first = pathRows.length;
  let row = rows - 1;
  let column = columns - 1;
  // From the first cell the only ways lead outside.
  while (row >= 0 && column >= 0) {
    first--;
    pathRows[first] = row;
    pathColumns[first] = column;
    const step = steps[row * columns + column]!;
    if (step !== LEFT) row--;
    if (step !== UP) column--;
  }
  return { rows: pathRows.subarray(first), columns: pathColumns.subarray(first) };
}

/** The frame at which each row of the cost matrix begins: the jumps of openai-whisper. */
export function firstFrames(path: WarpingPath): Int32Array {
  const frames = new Int32Array(path.rows.length);
  let count = 0;
  for (let step = 0; step < path.rows.length; step++) {
    if (step === 0 || path.rows[step] !== path.rows[step - 1]) frames[count++] = path.columns[step]!;
  }
  return frames.subarray(0, count);
}
