/** Mean and deviation over time under a mask, in double precision. */

/** Keeps both denominators from vanishing; public ONNX exports lack it and give infinity for masks of one frame. */
const EPSILON = 1e-8;

/** Some frames of a trunk's output and how much each counts. */
export type WeightedFrames = {
  /** [featureCount, frameCount], row-major: time runs fastest. */
  readonly frames: Float32Array;
  /** [frameCount], not negative. */
  readonly weights: Float64Array;
};

/**
 * Weighted statistics pooling over all stretches together.
 *
 * v1 = Σw + ε, mean = Σwx / v1, v2 = Σw², var = Σw(x − mean)² / (v1 − v2/v1 + ε)
 *
 * @param out [2 × featureCount]: means, then standard deviations; overwritten
 * @see pyannote.audio `models/blocks/pooling.py`, `StatsPool`
 */
export function poolStatistics(
  stretches: readonly WeightedFrames[],
  featureCount: number,
  out: Float64Array,
): void {
  let total = EPSILON;
  let squares = 0;
  for (const { weights } of stretches) {
    for (let frame = 0; frame < weights.length; frame++) {
      total += weights[frame]!;
      squares += weights[frame]! * weights[frame]!;
    }
  }
  const freedom = total - squares / total + EPSILON;
  for (let feature = 0; feature < featureCount; feature++) {
    let sum = 0;
    for (const { frames, weights } of stretches)
      sum += weightedSum(frames, feature * weights.length, weights);
    const mean = sum / total;
    let spread = 0;
    for (const { frames, weights } of stretches) {
      const row = feature * weights.length;
      for (let frame = 0; frame < weights.length; frame++) {
        const difference = frames[row + frame]! - mean;
        spread += weights[frame]! * difference * difference;
      }
    }
    out[feature] = mean;
    out[featureCount + feature] = Math.sqrt(spread / freedom);
  }
}

function weightedSum(values: Float32Array, offset: number, weights: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) sum += weights[index]! * values[offset + index]!;
  return sum;
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
  for (let row = 0; row < out.length; row++) {
    const offset = row * input.length;
    let sum = bias[row]!;
    for (let index = 0; index < input.length; index++) sum += weight[offset + index]! * input[index]!;
    out[row] = sum;
  }
}
