import { InvalidInputError } from '../../errors.ts';
import type { Matrix } from '../../math/matrix.ts';
import { gatherRows } from '../../math/vector.ts';
import { cosineAffinity, type Affinity } from './affinity.ts';
import { clusterAffinity, type AffinityClusteringOptions } from './cluster-affinity.ts';
import type { EigengapSearch } from './eigengap-search.ts';
import type { LaplacianOptions } from './laplacian-eigen.ts';
import { mergeQuantities } from './merge-quantity.ts';
import { labelCountOf } from '../../math/extremes.ts';

export type LongSessionOptions = {
  /**
   * How sessions of more segments than `segmentsPerPiece` are clustered: by every k-th segment (`clusterSampledSession`),
   * or merged piece by piece as in NeMo (`clusterLongSession`).
   *
   * @default 'merged'
   */
  readonly longSessions?: 'sampled' | 'merged' | undefined;
  /**
   * So many segments are clustered at once. NeMo: 10,000, about 40 minutes of speech.
   *
   * @default 10,000
   */
  readonly segmentsPerPiece: number;
  /** Each piece is first split into so many clusters. NeMo: 50. @default 50 */
  readonly clustersPerPiece: number;
};

export type LongSessionClusters = {
  readonly labels: Int32Array;
  /** The search of each piece, then that of all. */
  readonly searches: readonly EigengapSearch[];
};

/** A vector in place of several, with the segments it stands for. */
type Merged = { readonly vector: Float32Array; readonly members: readonly number[] };

/**
 * Clusters a long session in two steps: each piece into many small clusters, one vector each, then these vectors. The
 * last piece is as long as the others and begins where it must, so its labels replace some of the piece before.
 *
 * @param vectors [n, dimension] of all segments, scales summed
 * @throws InvalidInputError `invalid_option` when pieces are not split finer than speakers are counted
 * @see NeMo 2.7.3 `LongFormSpeakerClustering.long_forward_infer`
 */
export function clusterLongSession(
  vectors: Matrix,
  options: AffinityClusteringOptions & LongSessionOptions,
  context: LaplacianOptions = {},
): LongSessionClusters {
  checkPieces(options);
  const pieceSize = Math.min(options.segmentsPerPiece, vectors.rows);
  const merged: Merged[] = [];
  const searches: EigengapSearch[] = [];
  for (let first = 0; first < vectors.rows; first += pieceSize) {
    const start = Math.min(first, vectors.rows - pieceSize);
    const rows = Int32Array.from({ length: pieceSize }, (_, index) => start + index);
    const piece = gatherRows(vectors, rows);
    const affinity = cosineAffinity(piece);
    const { labels, search } = clusterAffinity(affinity, pieceOptions(options, pieceSize), context);
    searches.push(search);
    for (const { vector, members } of mergePiece(piece, affinity, labels, options.clustersPerPiece)) {
      merged.push({ vector, members: members.map((member) => start + member) });
    }
  }
  const reduced = stack(merged, vectors.columns);
  const final = clusterAffinity(cosineAffinity(reduced), options, context);
  const labels = new Int32Array(vectors.rows);
  merged.forEach(({ members }, index) => {
    for (const member of members) labels[member] = final.labels[index]!;
  });
  return { labels, searches: [...searches, final.search] };
}

function checkPieces({
  segmentsPerPiece,
  clustersPerPiece,
  maxSpeakers,
}: LongSessionOptions & { maxSpeakers: number }): void {
  if (clustersPerPiece > maxSpeakers && clustersPerPiece < segmentsPerPiece) return;
  throw new InvalidInputError(
    'invalid_option',
    `Expected clustersPerPiece above the largest number of speakers (${maxSpeakers}) and below segmentsPerPiece (${segmentsPerPiece}), got ${clustersPerPiece}.`,
    { details: { option: 'clustersPerPiece' } },
  );
}

function pieceOptions(
  options: AffinityClusteringOptions & LongSessionOptions,
  pieceSize: number,
): AffinityClusteringOptions {
  const { clustersPerPiece } = options;
  return {
    ...options,
    maxSpeakers: clustersPerPiece,
    speakers: Math.min(clustersPerPiece, pieceSize),
    neighbourShare: undefined,
  };
}

function mergePiece(piece: Matrix, affinity: Affinity, labels: Int32Array, clusterCount: number): Merged[] {
  const counts = new Int32Array(labelCountOf(labels));
  for (const label of labels) counts[label]! += 1;
  const occupied = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const quantities = mergeQuantities(counts, piece.rows - clusterCount, Math.ceil(clusterCount / occupied));
  return Array.from(counts, (_, cluster) => {
    const members = [...labels.keys()].filter((row) => labels[row] === cluster);
    return mergeCluster(piece, affinity, members, quantities[cluster]!);
  }).flat();
}

/** The members most like all others of their cluster become one vector, the others stay. */
function mergeCluster(
  piece: Matrix,
  affinity: Affinity,
  members: readonly number[],
  quantity: number,
): Merged[] {
  const alone = (row: number): Merged => ({ vector: vectorOf(piece, row), members: [row] });
  if (quantity === 0) return members.map(alone);
  const likeness = new Map(members.map((row) => [row, likenessOf(affinity, row, members)]));
  const typicalFirst = members.toSorted((a, b) => likeness.get(b)! - likeness.get(a)!);
  const joined = typicalFirst.slice(0, quantity + 1);
  const others = typicalFirst.slice(quantity + 1).sort((a, b) => a - b);
  return [...others.map(alone), { vector: meanOf(piece, joined), members: joined }];
}

function likenessOf({ values, size }: Affinity, row: number, members: readonly number[]): number {
  return members.reduce((sum, other) => sum + values[other * size + row]!, 0);
}

function vectorOf({ data, columns }: Matrix, row: number): Float32Array {
  return data.slice(row * columns, (row + 1) * columns);
}

/** Summed in float32 in the order given: pieces overlap, and vectors of both must come out equal to the last bit. */
function meanOf(piece: Matrix, rows: readonly number[]): Float32Array {
  const sums = new Float32Array(piece.columns);
  for (const row of rows) {
    for (let k = 0; k < sums.length; k++) sums[k]! += piece.data[row * piece.columns + k]!;
  }
  return sums.map((sum) => sum / rows.length);
}

function stack(merged: readonly Merged[], columns: number): Matrix {
  const data = new Float32Array(merged.length * columns);
  merged.forEach(({ vector }, row) => data.set(vector, row * columns));
  return { data, rows: merged.length, columns };
}
