import { kMeans } from '../../math/kmeans.ts';
import { indexOfLargest, labelCountOf } from '../../math/extremes.ts';
import { addScaledRow, divideRow, zeroMatrix, type Matrix } from '../../math/matrix.ts';
import { createRandom } from '../../math/random.ts';
import { linkage } from '../linkage/agglomerative.ts';
import type { Dendrogram } from '../linkage/dendrogram.ts';
import { flatClusters } from '../linkage/flat-clusters.ts';
import type { Plda } from './plda.ts';
import type { ReducedVectors } from '../reduce.ts';
import type { VbxClusteringOptions } from '../resolution-options.ts';
import { wantedCount, type CompleteSpeakerBounds } from '../speaker-bounds.ts';
import { vbx, type VbxResult } from './vbx.ts';
import { weightedMeans } from '../weighted-means.ts';

/** Seed of the k-means that a given number of speakers may need; pyannote's is 42 too. */
const K_MEANS_SEED = 42;

/** What VBx clustering gave; its responsibilities (a row for each group of embeddings) and priors still hold the speakers that it gave up. */
export type VbxClusters = {
  readonly dendrogram: Dendrogram;
  /** Agglomerative cluster of each training embedding, VBx's first guess. */
  readonly initialLabels: Int32Array;
  readonly vbx: VbxResult;
  /** Best speaker of each training embedding. */
  readonly labels: Int32Array;
  /** [clusterCount, dimension]: means of raw embeddings by responsibility. */
  readonly centroids: Matrix<Float64Array>;
  /** The number of speakers was not VBx's own, but found by k-means. */
  readonly forced: boolean;
};

/**
 * community-1's clustering: agglomerative clusters as a first guess, refined by VBx over PLDA features; where the
 * number of speakers that comes out is not the wanted one, k-means with that number instead.
 *
 * Of a long recording, groups of neighbouring embeddings go through VBx as one, with their number as weight.
 *
 * The k-means is seeded and repeatable but does not follow scikit-learn's random numbers.
 *
 * @param training [n, dimension] raw embeddings, n ≥ 2
 * @param reduced  the same with every row of unit length, or groups of these
 * @see pyannote.audio 4 `VBxClustering`
 */
export function clusterByVbx(
  training: Matrix,
  reduced: ReducedVectors,
  plda: Plda,
  options: VbxClusteringOptions,
  bounds: CompleteSpeakerBounds,
  onTick?: () => void,
): VbxClusters {
  const { vectors, weights, groupOf } = reduced;
  const dendrogram = linkage(vectors, 'centroid', { weights, onTick });
  const groupLabels = flatClusters(dendrogram, options.threshold);
  const initial = initialResponsibilities(groupLabels, options.initSmoothing);
  const features = weightedMeans(plda.project(training), groupOf, vectors.rows);
  const result = vbx(features, plda.phi, initial, { ...options, weights, onTick });
  const initialLabels = groupOf.map((group) => groupLabels[group]!);

  const kept = [...result.priors.keys()].filter((speaker) => result.priors[speaker]! > options.minPrior);
  const wanted = wantedCount(kept.length, bounds);
  if (wanted !== undefined) {
    const labels = splitInto(wanted, reduced);
    const centroids = weightedMeans(training, labels, labelCountOf(labels));
    return { dendrogram, initialLabels, vbx: result, labels, centroids, forced: true };
  }
  const groupSpeakers = bestOf(result.responsibilities, kept);
  const labels = groupOf.map((group) => groupSpeakers[group]!);
  const groupMeans = weightedMeans(training, groupOf, vectors.rows);
  const centroids = meansByResponsibility(groupMeans, weights, result.responsibilities, kept);
  return { dendrogram, initialLabels, vbx: result, labels, centroids, forced: false };
}

/** Labels by k-means, without gaps: equal vectors can leave fewer clusters than wanted. */
function splitInto(clusterCount: number, { vectors, weights, groupOf }: ReducedVectors): Int32Array {
  const random = createRandom(K_MEANS_SEED);
  const groups = kMeans(vectors, Math.min(clusterCount, vectors.rows), random, { weights });
  const used = [...new Set(groups)].sort((a, b) => a - b);
  return groupOf.map((group) => used.indexOf(groups[group]!));
}

/** Softmax of one-hot rows times `smoothing`. */
function initialResponsibilities(labels: Int32Array, smoothing: number): Matrix<Float64Array> {
  const columns = labelCountOf(labels);
  const total = Math.exp(smoothing) + columns - 1;
  const data = new Float64Array(labels.length * columns).fill(1 / total);
  labels.forEach((label, row) => (data[row * columns + label] = Math.exp(smoothing) / total));
  return { data, rows: labels.length, columns };
}

/** Index in `kept` of the speaker that each row belongs to most. */
function bestOf({ data, rows, columns }: Matrix<Float64Array>, kept: readonly number[]): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    return indexOfLargest(kept.map((speaker) => data[row * columns + speaker]!));
  });
}

/** c_s = Σ_t w_t γ_ts x_t / Σ_t w_t γ_ts */
function meansByResponsibility(
  vectors: Matrix<Float64Array>,
  weights: Float64Array,
  responsibilities: Matrix<Float64Array>,
  kept: readonly number[],
): Matrix<Float64Array> {
  const means = zeroMatrix(kept.length, vectors.columns);
  kept.forEach((speaker, index) => {
    let total = 0;
    for (let row = 0; row < vectors.rows; row += 1) {
      const weight = weights[row]! * responsibilities.data[row * responsibilities.columns + speaker]!;
      total += weight;
      addScaledRow(means, index, weight, vectors, row);
    }
    divideRow(means, index, total);
  });
  return means;
}
