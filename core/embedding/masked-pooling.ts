/** Mean and deviation over time under a mask, in double precision. */

/** Keeps both denominators from vanishing; public ONNX exports lack it and give infinity for masks of one frame. */
const EPSILON = 1e-8;

/** Where the sums of one stretch lie; used again for another when nobody pools from it any more. */
export type StatisticsMemory = { readonly sums: Float64Array; readonly squares: Float64Array };

/**
 * What a trunk made of a stretch of audio, summed up so that pooling under a mask costs as much as the mask has runs,
 * not as it has frames: several masks are pooled from each stretch, each made of a few runs.
 */
export class TrunkStatistics {
  readonly featureCount: number;
  readonly frameCount: number;
  /** [frameCount + 1, featureCount]: sums, and sums of squares, of the frames before; what lies behind means nothing. */
  readonly memory: StatisticsMemory;

  /**
   * @param frames [featureCount, frameCount], row-major: time runs fastest
   * @param memory overwritten; at least (frameCount + 1) × featureCount values each
   * @default memory made for it
   */
  constructor(
    frames: Float32Array,
    featureCount: number,
    frameCount: number,
    memory = statisticsMemory((frameCount + 1) * featureCount),
  ) {
    this.featureCount = featureCount;
    this.frameCount = frameCount;
    this.memory = memory;
    const { sums, squares } = memory;
    sums.fill(0, 0, featureCount);
    squares.fill(0, 0, featureCount);
    for (let frame = 0, before = 0, here = featureCount; frame < frameCount; frame++) {
      for (let from = frame; from < frames.length; from += frameCount, before++, here++) {
        const value = frames[from]!;
        sums[here] = sums[before]! + value;
        squares[here] = squares[before]! + value * value;
      }
    }
  }
}

/** Room for so many sums and sums of squares. */
export function statisticsMemory(length: number): StatisticsMemory {
  return { sums: new Float64Array(length), squares: new Float64Array(length) };
}

/** A stretch and the frames of it that count: half-open runs, `[from, to, from, to …]`. */
export type MaskedStretch = { readonly statistics: TrunkStatistics; readonly runs: readonly number[] };

/** The runs of set entries of a mask. */
export function runsOf(mask: Uint8Array): number[] {
  const runs: number[] = [];
  for (let frame = 0; frame < mask.length; frame++) {
    if (mask[frame] === 0) continue;
    const from = frame;
    while (frame < mask.length && mask[frame] !== 0) frame++;
    runs.push(from, frame);
  }
  return runs;
}

/**
 * Statistics pooling over all stretches together, weight 1 for frames in a run and 0 for the others.
 *
 * With w in {0, 1}: v1 = Σw + ε, mean = Σwx / v1, v2 = Σw², var = Σw(x − mean)² / (v1 − v2/v1 + ε)
 *
 * @param out [2 × featureCount]: means, then standard deviations; overwritten
 * @see pyannote.audio `models/blocks/pooling.py`, `StatsPool`
 */
export function poolStatistics(
  stretches: readonly MaskedStretch[],
  featureCount: number,
  out: Float64Array,
): void {
  let count = 0;
  for (const { runs } of stretches) {
    for (let run = 0; run < runs.length; run += 2) count += runs[run + 1]! - runs[run]!;
  }
  const total = count + EPSILON;
  const freedom = total - count / total + EPSILON;
  out.fill(0);
  for (const { statistics, runs } of stretches) {
    for (let run = 0; run < runs.length; run += 2) addRun(statistics, runs[run]!, runs[run + 1]!, out);
  }
  for (let feature = 0; feature < featureCount; feature++) {
    const sum = out[feature]!;
    const square = out[featureCount + feature]!;
    const mean = sum / total;
    // Σw(x − mean)² about the plain mean, then about the one with epsilon. One frame has no spread of its own: what
    // rounding leaves there would be divided by next to nothing.
    const plainMean = sum / count;
    const within = count > 1 ? Math.max(0, square - sum * plainMean) : 0;
    const spread = within + count * (plainMean - mean) * (plainMean - mean);
    out[feature] = mean;
    out[featureCount + feature] = Math.sqrt(spread / freedom);
  }
}

/** Adds what the frames of a run sum up to: the features, then their squares. */
function addRun(
  { memory, featureCount }: TrunkStatistics,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const { sums, squares } = memory;
  let [start, end] = [from * featureCount, to * featureCount];
  for (let feature = 0; feature < featureCount; feature++, start++, end++) {
    out[feature] = out[feature]! + (sums[end]! - sums[start]!);
    out[featureCount + feature] = out[featureCount + feature]! + (squares[end]! - squares[start]!);
  }
}

/**
 * A linear layer: `out = weight · input + bias`.
 *
 * @param weight [out.length, input.length], row-major
 */
export function applyLinear(
  weight: Float32Array,
  bias: Float32Array,
  input: Float64Array,
  out: Float32Array,
): void {
  const length = input.length;
  let row = 0;
  // Four sums side by side, each in its own order: one alone waits for its last addition, and takes twice as long.
  for (; row + 4 <= out.length; row += 4) {
    const offset = row * length;
    let [first, second, third, fourth] = [bias[row]!, bias[row + 1]!, bias[row + 2]!, bias[row + 3]!];
    for (let index = 0; index < length; index++) {
      const value = input[index]!;
      first += weight[offset + index]! * value;
      second += weight[offset + length + index]! * value;
      third += weight[offset + 2 * length + index]! * value;
      fourth += weight[offset + 3 * length + index]! * value;
    }
    out[row] = first;
    out[row + 1] = second;
    out[row + 2] = third;
    out[row + 3] = fourth;
  }
  for (; row < out.length; row++) {
    const offset = row * length;
    let sum = bias[row]!;
    for (let index = 0; index < length; index++) sum += weight[offset + index]! * input[index]!;
    out[row] = sum;
  }
}
