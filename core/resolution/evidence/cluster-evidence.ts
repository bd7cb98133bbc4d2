import type { Matrix } from '../../math/matrix.ts';
import { measureCut } from '../agglomerative-clustering.ts';
import { weightedMeans } from '../weighted-means.ts';

/** What evidence is weighed by. */
export type EvidenceRules = {
  /** Variance between speakers of each feature. */
  readonly phi: Float64Array;
  /** Independent vectors that one vector counts for: neighbouring windows hear nearly the same. */
  readonly independentShare: number;
  /** Independent vectors that a cluster counts for at most. */
  readonly maxIndependent: number;
};

/** How many independent vectors so many vectors count for. */
export function independentOf(size: number, { independentShare, maxIndependent }: EvidenceRules): number {
  return Math.min(independentShare * size, maxIndependent);
}

/**
 * How likely it is that features come from one speaker, as far as it depends on how they are grouped.
 *
 * For `weight` independent features with sum S: `½ Σ_d [ S_d² φ_d / (1 + w φ_d) − ln(1 + w φ_d) ]`, natural logarithm.
 */
export class ClusterEvidence {
  readonly #phi: Float64Array;
  /** Both depend on the weight alone, and few weights occur. */
  readonly #terms = new Map<number, Terms>();

  /** @param phi variance between speakers of each feature; within a speaker it is 1 */
  constructor(phi: Float64Array) {
    this.#phi = phi;
  }

  /** Of `weight` features with the mean at `offset` of `means`. */
  ofMean(means: Float64Array, offset: number, weight: number): number {
    const { gains, penalty } = this.#termsOf(weight);
    let sum = 0;
    for (let d = 0; d < gains.length; d += 1) {
      const total = weight * means[offset + d]!;
      sum += total * total * gains[d]!;
    }
    return 0.5 * (sum - penalty);
  }

  /** The same of two groups together. */
  ofBoth(means: Float64Array, offsetA: number, weightA: number, offsetB: number, weightB: number): number {
    const { gains, penalty } = this.#termsOf(weightA + weightB);
    let sum = 0;
    for (let d = 0; d < gains.length; d += 1) {
      const total = weightA * means[offsetA + d]! + weightB * means[offsetB + d]!;
      sum += total * total * gains[d]!;
    }
    return 0.5 * (sum - penalty);
  }

  #termsOf(weight: number): Terms {
    const known = this.#terms.get(weight);
    if (known !== undefined) return known;
    const terms = {
      gains: this.#phi.map((phi) => phi / (1 + weight * phi)),
      penalty: this.#phi.reduce((sum, phi) => sum + Math.log1p(weight * phi), 0),
    };
    this.#terms.set(weight, terms);
    return terms;
  }
}

type Terms = { readonly gains: Float64Array; readonly penalty: number };

/**
 * Evidence of all clusters of a partition together.
 *
 * @param features [groups, D]
 * @param weights  vectors in each group
 * @param labels   cluster of each group
 */
export function partitionEvidence(
  features: Matrix<Float64Array>,
  weights: Float64Array,
  labels: Int32Array,
  rules: EvidenceRules,
): number {
  const { sizes } = measureCut(labels, weights, 1);
  const { data, columns } = weightedMeans(features, labels, sizes.length, weights);
  const evidence = new ClusterEvidence(rules.phi);
  return sizes.reduce(
    (sum, size, cluster) => sum + evidence.ofMean(data, cluster * columns, independentOf(size, rules)),
    0,
  );
}
