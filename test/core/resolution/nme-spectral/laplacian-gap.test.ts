import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../core/math/random.ts';
import { cosineAffinity } from '../../../../core/resolution/nme-spectral/affinity.ts';
import { denseEigenpairs, denseLaplacian } from '../../../../core/resolution/nme-spectral/laplacian-eigen.ts';
import { widestGap } from '../../../../core/resolution/nme-spectral/laplacian-gap.ts';
import {
  joinNeighbours,
  rankNeighbours,
  type NeighbourGraph,
} from '../../../../core/resolution/nme-spectral/neighbour-graph.ts';

const DIMENSION = 16;
const MOST_GROUPS = 20;

function graphOf(size: number, voices: number, noise: number, neighbours: number): NeighbourGraph {
  const random = createRandom(size + voices);
  const data = Float32Array.from({ length: size * DIMENSION }, (_, index) => {
    const voice = Math.floor(index / DIMENSION) % voices;
    return ((index % DIMENSION) % voices === voice ? 1 : 0) + noise * (random() - 0.5);
  });
  return joinNeighbours(
    rankNeighbours(cosineAffinity({ data, rows: size, columns: DIMENSION }), neighbours),
    neighbours,
  );
}

/** By all eigenvalues. */
function denseGap(graph: NeighbourGraph): { width: number; groups: number } {
  const { values } = denseEigenpairs(denseLaplacian(graph), graph.size, MOST_GROUPS + 1);
  const gaps = Array.from({ length: MOST_GROUPS }, (_, index) => values[index + 1]! - values[index]!);
  const width = Math.max(...gaps);
  return { width, groups: gaps.indexOf(width) + 1 };
}

describe('the widest gap among the lowest eigenvalues', () => {
  for (const [voices, noise, neighbours] of [
    [4, 0.5, 12],
    [4, 1.5, 20],
    [3, 2.5, 40],
    [5, 3, 6],
  ] as const) {
    const graph = graphOf(160, voices, noise, neighbours);
    const dense = denseGap(graph);

    it(`is that of all eigenvalues: ${voices} voices, noise ${noise}, ${neighbours} neighbours`, () => {
      const gap = widestGap(graph, MOST_GROUPS)!;
      expect(gap.width).toBeCloseTo(dense.width, 4);
      expect(gap.groups).toBe(dense.groups);
      expect([...gap.eigenvalues]).toEqual([...gap.eigenvalues].sort((a, b) => a - b));
    });

    it('is passed over only where it is narrower than what is of use', () => {
      for (const share of [0.5, 0.99]) {
        expect(widestGap(graph, MOST_GROUPS, { leastWidth: share * dense.width })?.groups).toBe(dense.groups);
      }
      expect(widestGap(graph, MOST_GROUPS, { leastWidth: 50 * dense.width + 1 })).toBeUndefined();
    });
  }
});
