/** Joins clusters whose evidence of being one speaker is greatest. */
import type { Matrix } from '../../math/matrix.ts';
import type { CannotLink } from '../linkage/cannot-link.ts';
import { ClusterEvidence, type EvidenceRules, independentOf } from './cluster-evidence.ts';

/** Clusters to join. */
export type WeighedClusters = {
  /** [K, D] mean feature of each cluster. */
  readonly means: Matrix<Float64Array>;
  /** Vectors in each cluster. */
  readonly sizes: Float64Array;
  /** Pairs that it blocks are not joined. */
  readonly cannotLink: CannotLink;
};

/** Two clusters that became one, named by their lowest first cluster. */
export type Join = { readonly gain: number; readonly kept: number; readonly gone: number };

/**
 * Joins pairs until one cluster is left or all pairs are blocked: always the pair of the greatest gain, the first of
 * equals. Gains fall below zero on the way; where to stop is the caller's choice.
 *
 * The gain of a pair is the evidence of both together less that of each: above zero, one speaker explains them better
 * than two. Time and memory are quadratic in the number of clusters: each join renews the gains of one cluster.
 */
export class EvidenceJoiner {
  readonly #clusters: WeighedClusters;
  readonly #evidence: ClusterEvidence;
  readonly #rules: EvidenceRules;
  readonly #means: Float64Array;
  readonly #sizes: Float64Array;
  /** Evidence of each cluster alone. */
  readonly #own: Float64Array;
  /** Clusters that are left, ascending. */
  readonly #alive: number[];
  /** Gain of joining i < j at `#rowStart[i] + j`; -Infinity where blocked. */
  readonly #gains: Float64Array;
  readonly #rowStart: Float64Array;
  /** Of each row the first column with the greatest gain; -1 where there is none. */
  readonly #best: Int32Array;
  #isForced = false;

  constructor(clusters: WeighedClusters, rules: EvidenceRules, onTick?: () => void) {
    const count = clusters.sizes.length;
    this.#clusters = clusters;
    this.#rules = rules;
    this.#evidence = new ClusterEvidence(rules.phi);
    this.#means = clusters.means.data.slice();
    this.#sizes = clusters.sizes.slice();
    this.#own = new Float64Array(count);
    this.#alive = Array.from({ length: count }, (_, cluster) => cluster);
    this.#gains = new Float64Array((count * (count - 1)) / 2).fill(-Infinity);
    this.#rowStart = Float64Array.from(this.#alive, (row) => count * row - (row * (row + 1)) / 2 - row - 1);
    this.#best = new Int32Array(count).fill(-1);
    for (const cluster of this.#alive) this.#weigh(cluster);
    for (const cluster of this.#alive) {
      onTick?.();
      this.#fillRow(cluster);
    }
  }

  /** The best pair as things stand; undefined where no pair is left that may be joined. */
  next(): Join | undefined {
    let best: Join | undefined;
    for (const kept of this.#alive) {
      const gone = this.#best[kept]!;
      if (gone === -1) continue;
      const gain = this.#gains[this.#rowStart[kept]! + gone]!;
      if (best === undefined || gain > best.gain) best = { gain, kept, gone };
    }
    return best;
  }

  /** From now on blocked pairs are joined too. */
  forceBlocked(): void {
    if (this.#isForced) return;
    this.#isForced = true;
    for (const cluster of this.#alive) this.#fillRow(cluster);
  }

  join({ kept, gone }: Join): void {
    const { columns } = this.#clusters.means;
    const total = this.#sizes[kept]! + this.#sizes[gone]!;
    for (let d = 0; d < columns; d += 1) {
      const [a, b] = [kept * columns + d, gone * columns + d];
      this.#means[a] = (this.#sizes[kept]! * this.#means[a]! + this.#sizes[gone]! * this.#means[b]!) / total;
    }
    this.#sizes[kept] = total;
    this.#clusters.cannotLink.join(gone, kept);
    this.#alive.splice(this.#alive.indexOf(gone), 1);
    this.#weigh(kept);
    this.#fillRow(kept);
    for (const row of this.#alive) {
      if (row < kept) this.#renew(row, kept, gone);
      else if (this.#best[row] === gone) this.#searchRow(row);
    }
  }

  #weigh(cluster: number): void {
    const { columns } = this.#clusters.means;
    this.#own[cluster] = this.#evidence.ofMean(this.#means, cluster * columns, this.#weightOf(cluster));
  }

  #weightOf(cluster: number): number {
    return independentOf(this.#sizes[cluster]!, this.#rules);
  }

  #gainOf(a: number, b: number): number {
    if (!this.#isForced && this.#clusters.cannotLink.isBlocked(a, b)) return -Infinity;
    const { columns } = this.#clusters.means;
    const both = this.#evidence.ofBoth(
      this.#means,
      a * columns,
      this.#weightOf(a),
      b * columns,
      this.#weightOf(b),
    );
    return both - this.#own[a]! - this.#own[b]!;
  }

  /** All gains of a cluster with later ones. */
  #fillRow(row: number): void {
    const start = this.#rowStart[row]!;
    for (const column of this.#alive) {
      if (column > row) this.#gains[start + column] = this.#gainOf(row, column);
    }
    this.#searchRow(row);
  }

  #searchRow(row: number): void {
    const start = this.#rowStart[row]!;
    let best = -1;
    let greatest = -Infinity;
    for (const column of this.#alive) {
      if (column <= row) continue;
      const gain = this.#gains[start + column]!;
      if (gain > greatest) {
        greatest = gain;
        best = column;
      }
    }
    this.#best[row] = best;
  }

  /** An earlier row after `gone` was joined into `kept`. */
  #renew(row: number, kept: number, gone: number): void {
    const start = this.#rowStart[row]!;
    const gain = this.#gainOf(row, kept);
    this.#gains[start + kept] = gain;
    const best = this.#best[row]!;
    if (best === kept || best === gone) {
      this.#searchRow(row);
      return;
    }
    const greatest = best === -1 ? -Infinity : this.#gains[start + best]!;
    if (gain > greatest || (gain === greatest && gain > -Infinity && kept < best)) this.#best[row] = kept;
  }
}
