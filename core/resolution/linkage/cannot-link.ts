/**
 * What chunks say against joining two clusters.
 *
 * The segmentation network tells the local speakers of a chunk apart, so two vectors of one chunk are two people, as
 * far as it can be trusted: now and then it splits one voice in two. Two clusters therefore stay apart when more than
 * a share of the smaller one's vectors were heard in a chunk beside a vector of the other.
 *
 * @see Wagstaff et al., "Constrained k-means clustering with background knowledge", ICML 2001 (cannot-link)
 */
export class CannotLink {
  readonly #maxShare: number;
  readonly #size: Float64Array;
  /** For each cluster: how many vectors of each other cluster shared a chunk with one of its own. */
  readonly #together: Map<number, number>[];

  /**
   * @param chunks   chunk of each original vector
   * @param clusters first cluster of each original vector, 0 … n-1
   * @param weights  original vectors in each first cluster
   * @param maxShare of the smaller cluster, from 0 on
   */
  constructor(chunks: Int32Array, clusters: Int32Array, weights: Float64Array, maxShare: number) {
    this.#maxShare = maxShare;
    this.#size = weights.slice();
    this.#together = Array.from(weights, () => new Map<number, number>());
    const ofChunk = new Map<number, number[]>();
    chunks.forEach((chunk, vector) => {
      const others = ofChunk.get(chunk) ?? [];
      for (const other of others) this.#add(clusters[vector]!, other, 1);
      others.push(clusters[vector]!);
      ofChunk.set(chunk, others);
    });
  }

  /** Clusters that must not be joined with `cluster` as things stand. */
  blockedWith(cluster: number): ReadonlySet<number> {
    const blocked = new Set<number>();
    for (const other of this.#together[cluster]!.keys())
      if (this.isBlocked(cluster, other)) blocked.add(other);
    return blocked;
  }

  isBlocked(one: number, other: number): boolean {
    const together = this.#together[one]!.get(other) ?? 0;
    return together > this.#maxShare * Math.min(this.#size[one]!, this.#size[other]!);
  }

  /** Joins `from` into `into`; `from` may not be asked about again. */
  join(from: number, into: number): void {
    const moved = this.#together[from]!;
    this.#together[from] = new Map();
    this.#size[into]! += this.#size[from]!;
    for (const [other, count] of moved) {
      this.#together[other]!.delete(from);
      if (other !== into) this.#add(into, other, count);
    }
  }

  #add(one: number, other: number, count: number): void {
    if (one === other) return;
    this.#together[one]!.set(other, (this.#together[one]!.get(other) ?? 0) + count);
    this.#together[other]!.set(one, (this.#together[other]!.get(one) ?? 0) + count);
  }
}
