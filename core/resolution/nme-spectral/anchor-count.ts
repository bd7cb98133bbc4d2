import type { Matrix } from '../../math/matrix.ts';
import { cosineAffinity } from './affinity.ts';
import { mostFrequent, searchEigengap } from './eigengap-search.ts';
import type { LaplacianOptions } from './laplacian-eigen.ts';
import { TorchRandom } from './torch-random.ts';

const ANCHOR_SPEAKERS = 3;
const VECTORS_PER_ANCHOR = 10;
/** Width of the noise around an anchor, in standard deviations of each dimension. */
const NOISE_WIDTH = 50;
const TRIALS = 5;

export type AnchorCount = {
  readonly speakers: number;
  /** Speakers found with each seed, anchors included. */
  readonly trials: readonly number[];
};

/**
 * NeMo's count for short sessions: three made-up speakers join the vectors, speakers are counted with five seeds, the
 * most frequent count minus three is the answer.
 *
 * A lottery: on other seeds the same session gives other counts. Kept to compare with the original.
 *
 * @param vectors of the base scale, at least two, not rounded
 * @see NeMo 2.7.3 `getEnhancedSpeakerCount`
 */
export function countWithAnchors(vectors: Matrix, options: LaplacianOptions = {}): AnchorCount {
  const trials = Array.from({ length: TRIALS }, (_, seed) => {
    const affinity = cosineAffinity(withAnchors(vectors, new TorchRandom(seed)));
    const search = {
      maxSpeakers: vectors.rows,
      maxNeighbourShare: 0.15,
      searchSteps: 10,
      sampleSize: 300,
      majorityCount: false,
    };
    return searchEigengap(affinity, search, options).speakers;
  });
  return { speakers: Math.max(mostFrequent(trials) - ANCHOR_SPEAKERS, 1), trials };
}

function withAnchors(vectors: Matrix, random: TorchRandom): Matrix {
  const { data, rows, columns } = vectors;
  const deviations = deviationsOf(vectors);
  const added = ANCHOR_SPEAKERS * VECTORS_PER_ANCHOR;
  const all = new Float32Array((added + rows) * columns);
  let start = 0;
  for (let speaker = 0; speaker < ANCHOR_SPEAKERS; speaker++) {
    const middle = random.normal(columns);
    const noise = random.normal(VECTORS_PER_ANCHOR * columns);
    for (let vector = 0; vector < VECTORS_PER_ANCHOR; vector++) {
      const own = noise.subarray(vector * columns, (vector + 1) * columns);
      const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      own.forEach((value, k) => {
        const spread = Math.fround(deviations[k]! * Math.fround(value / largest));
        all[start + k] = middle[k]! + Math.fround(NOISE_WIDTH * spread);
      });
      start += columns;
    }
  }
  all.set(data, start);
  return { data: all, rows: added + rows, columns };
}

/** Of each dimension, unbiased. */
function deviationsOf({ data, rows, columns }: Matrix): Float32Array {
  return Float32Array.from({ length: columns }, (_, k) => {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += data[row * columns + k]! / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (data[row * columns + k]! - mean) ** 2;
    return Math.sqrt(squares / (rows - 1));
  });
}
