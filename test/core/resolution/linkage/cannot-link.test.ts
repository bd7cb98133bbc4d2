import { describe, expect, it } from 'vitest';
import { linkage } from '../../../../core/resolution/linkage/agglomerative.ts';
import { CannotLink } from '../../../../core/resolution/linkage/cannot-link.ts';
import { flatClusters } from '../../../../core/resolution/linkage/flat-clusters.ts';
import { createRandom } from '../../../../core/math/random.ts';

const MAX_SHARE = 0.2;

/** Vectors around three centres, two of them close, each with the chunk that it was heard in. */
function makeVectors(seed: number, count: number) {
  const random = createRandom(seed);
  const centres = [
    [1, 0, 0],
    [0.85, 0.5, 0],
    [0, 0, 1],
  ];
  const data = new Float64Array(count * 3);
  const chunks = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const centre = centres[Math.floor(random() * 3)]!;
    for (let axis = 0; axis < 3; axis++) data[row * 3 + axis] = centre[axis]! + 0.25 * (random() - 0.5);
    chunks[row] = Math.floor(random() * (count / 2));
  }
  return { vectors: { data, rows: count, columns: 3 }, chunks };
}

/** Centroid linkage with the same rule, written the slow way: all pairs looked at anew before each merge. */
function naiveClusters(data: Float64Array, chunks: Int32Array, threshold: number): Set<string> {
  let clusters = [...chunks.keys()].map((row) => [row]);
  const meanOf = (rows: number[]) =>
    [0, 1, 2].map((axis) => rows.reduce((sum, row) => sum + data[row * 3 + axis]!, 0) / rows.length);
  const together = (a: number[], b: number[]) =>
    a.reduce((sum, one) => sum + b.filter((other) => chunks[one] === chunks[other]).length, 0);
  for (;;) {
    let best: { a: number; b: number; distance: number } | undefined;
    for (let a = 0; a < clusters.length; a++) {
      for (let b = a + 1; b < clusters.length; b++) {
        const [one, other] = [clusters[a]!, clusters[b]!];
        if (together(one, other) > MAX_SHARE * Math.min(one.length, other.length)) continue;
        const [from, to] = [meanOf(one), meanOf(other)];
        const distance = Math.hypot(...from.map((value, axis) => value - to[axis]!));
        if (best === undefined || distance < best.distance) best = { a, b, distance };
      }
    }
    if (best === undefined || best.distance > threshold) break;
    const joined = [...clusters[best.a]!, ...clusters[best.b]!].sort((x, y) => x - y);
    clusters = clusters.filter((_, index) => index !== best.a && index !== best.b).concat([joined]);
  }
  return new Set(clusters.map((rows) => rows.join()));
}

function clustersOf(labels: Int32Array): Set<string> {
  const groups = new Map<number, number[]>();
  labels.forEach((label, row) => groups.set(label, [...(groups.get(label) ?? []), row]));
  return new Set([...groups.values()].map((rows) => rows.join()));
}

function constrainedLinkage(
  vectors: { data: Float64Array; rows: number; columns: number },
  chunks: Int32Array,
) {
  const ones = new Float64Array(chunks.length).fill(1);
  const cannotLink = new CannotLink(chunks, Int32Array.from(chunks.keys()), ones, MAX_SHARE);
  return linkage(vectors, 'centroid', { cannotLink });
}

describe('CannotLink in centroid linkage', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'gives what looking at all pairs before each merge gives (seed %i)',
    (seed) => {
      const { vectors, chunks } = makeVectors(seed, 40);
      // Cut where no inversion can make the two notions of a cut differ: below the first forced merge.
      const dendrogram = constrainedLinkage(vectors, chunks);
      expect(clustersOf(flatClusters(dendrogram, 3))).toEqual(naiveClusters(vectors.data, chunks, 3));
    },
  );

  it('keeps near voices apart that were heard together, and joins them without', () => {
    const data = Float64Array.of(1, 0, 0, 0.99, 0.1, 0, 1, 0, 0, 0.99, 0.1, 0);
    const vectors = { data, rows: 4, columns: 3 };
    const chunks = Int32Array.of(0, 0, 1, 1);
    expect(clustersOf(flatClusters(constrainedLinkage(vectors, chunks), 0.5))).toEqual(
      new Set(['0,2', '1,3']),
    );
    expect(clustersOf(flatClusters(linkage(vectors, 'centroid'), 0.5)).size).toBe(1);
  });

  it('joins what must stay apart above every threshold, so that any number of clusters can still be had', () => {
    const { vectors, chunks } = makeVectors(9, 30);
    const { height, size } = constrainedLinkage(vectors, chunks);
    expect(Math.max(...height)).toBeGreaterThan(4);
    expect(size.at(-1)).toBe(30);
  });

  it('counts vectors that were joined before as what they stand for', () => {
    const cannotLink = new CannotLink(
      Int32Array.of(0, 0, 1, 2, 3, 4),
      Int32Array.of(0, 1, 0, 0, 0, 1),
      Float64Array.of(4, 2),
      0.2,
    );
    expect(cannotLink.isBlocked(0, 1)).toBe(true);
    expect([...cannotLink.blockedWith(0)]).toEqual([1]);
  });
});
