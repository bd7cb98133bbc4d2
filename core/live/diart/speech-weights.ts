/** Overlapped-speech penalty. */
export type SpeechWeightOptions = {
  /** Exponent that lowers scores of low confidence. @default 3 */
  readonly gamma?: number;
  /** Inverse temperature: the higher, the less a frame with several speakers counts. @default 10 */
  readonly beta?: number;
  /** Stretch the weights of each speaker over [0, 1]. @default false */
  readonly normalize?: boolean;
};

/** Below this a weight is this: a mean over nothing must not divide by zero. */
const SMALLEST_WEIGHT = 1e-8;

/**
 * How much each frame counts in a speaker's embedding: `s^γ · softmax(β·s)^γ`, in float32.
 *
 * @param scores [frame][speaker]
 * @see Coria et al. 2021, equation 2; diart 0.9.2, `functional.py` (MIT)
 */
export function speechWeights(
  scores: Float32Array,
  speakerCount: number,
  { gamma = 3, beta = 10, normalize = false }: SpeechWeightOptions = {},
): Float32Array {
  const weights = new Float32Array(scores.length);
  for (let offset = 0; offset < scores.length; offset += speakerCount) {
    const frame = scores.subarray(offset, offset + speakerCount);
    const largest = Math.max(...frame);
    const exponentials = frame.map((score) =>
      Math.exp(Math.fround(beta * score) - Math.fround(beta * largest)),
    );
    const sum = exponentials.reduce((total, value) => total + value, 0);
    frame.forEach((score, speaker) => {
      const weight =
        Math.fround(score ** gamma) * Math.fround(Math.fround(exponentials[speaker]! / sum) ** gamma);
      weights[offset + speaker] = weight < SMALLEST_WEIGHT ? SMALLEST_WEIGHT : weight;
    });
  }
  if (normalize)
    for (let speaker = 0; speaker < speakerCount; speaker += 1) stretch(weights, speaker, speakerCount);
  return weights;
}

/** One speaker's weights over [0, 1]; 1e-8 everywhere where all are equal. */
function stretch(weights: Float32Array, speaker: number, speakerCount: number): void {
  let [least, largest] = [Infinity, -Infinity];
  for (let i = speaker; i < weights.length; i += speakerCount) {
    least = Math.min(least, weights[i]!);
    largest = Math.max(largest, weights[i]!);
  }
  const width = Math.fround(largest - least);
  for (let i = speaker; i < weights.length; i += speakerCount) {
    weights[i] = width === 0 ? SMALLEST_WEIGHT : Math.fround(weights[i]! - least) / width;
  }
}

/**
 * Brings each row to a length. A row of zeros becomes NaN, which the clustering takes as "no embedding".
 *
 * @param embeddings [row][dimension]
 * @param norms length wanted of each row, or of all; default 1
 */
export function normalizeEmbeddings(
  embeddings: Float32Array,
  dimension: number,
  norms: number | readonly number[] = 1,
): Float32Array {
  const normalized = new Float32Array(embeddings.length);
  for (let offset = 0, row = 0; offset < embeddings.length; offset += dimension, row += 1) {
    const vector = embeddings.subarray(offset, offset + dimension);
    const norm = Math.fround(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)));
    const wanted = typeof norms === 'number' ? norms : norms[row]!;
    vector.forEach((value, i) => (normalized[offset + i] = Math.fround(wanted * value) / norm));
  }
  return normalized;
}
