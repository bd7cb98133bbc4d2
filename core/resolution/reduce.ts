import type { Matrix } from '../math/matrix.ts';
import type { WeightedVectors } from './agglomerative-clustering.ts';

/** Vectors in place of more of them: `groupOf[i]` says which one stands for the original vector i. */
export type ReducedVectors = WeightedVectors & { readonly groupOf: Int32Array };

/** Nothing reduced: every vector stands for itself. */
export function unreduced(vectors: Matrix): ReducedVectors {
  return {
    vectors,
    weights: new Float64Array(vectors.rows).fill(1),
    groupOf: Int32Array.from({ length: vectors.rows }, (_, row) => row),
  };
}
