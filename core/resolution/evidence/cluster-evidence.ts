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
