import { describe, expect, it } from 'vitest';
import { linkage, type LinkageMethod } from '../../../../core/resolution/linkage/agglomerative.ts';
import type { Dendrogram } from '../../../../core/resolution/linkage/dendrogram.ts';
import { flatClusters } from '../../../../core/resolution/linkage/flat-clusters.ts';
import type { Matrix } from '../../../../core/math/matrix.ts';
import { expectArrayClose } from '../../../support/close-to.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { ge2eRecordings } from '../../../support/recorded-pipelines.ts';
import { gatherRows, normalizeRowsLikeNumpy } from '../../../../core/math/vector.ts';
import { partitionOf } from '../../../support/partition.ts';
import { toNumbers } from '../../../support/npy.ts';

type Cut = {
  readonly threshold: number;
  readonly clusters: number;
  readonly labels: number[];
  readonly partition: number[];
};
type Expected = {
  readonly method: LinkageMethod;
  readonly metric: 'euclidean' | 'cosine';
  readonly Z: number[][];
  readonly monotonic: boolean;
  readonly tiedHeights: boolean;
  readonly fcluster: readonly Cut[];
};
type Case = { readonly id: string; readonly vectors: number[][]; readonly expected: readonly Expected[] };

const cases = metricCases('metrics/agglomerative/1') as Case[];

describe('agglomerative clustering against scipy', () => {
  for (const { id, vectors, expected } of cases) {
    for (const { method, metric, Z, tiedHeights, fcluster } of expected) {
      it(`links ${id} by ${method} linkage of ${metric} distances`, () => {
        const dendrogram = linkage(matrixOf(vectors), method, { metric });
        const rows = rowsOf(dendrogram);
        // Heights of the golden file have 12 digits, and those below 1e-9 are written as 0.
        const limits = { maxAbs: 1e-8 };
        expectArrayClose(
          rows.map((row) => row[2]!),
          Z.map((row) => row[2]!),
          limits,
          'heights',
        );
        const exact = !tiedHeights || metric === 'euclidean';
        if (exact) expectArrayClose(rows.flat(), Z.flat(), limits, 'merges');
        for (const { threshold, labels, partition } of fcluster) {
          const cut = flatClusters(dendrogram, threshold);
          if (exact)
            expect(
              [...cut].map((label) => label + 1),
              `labels at ${threshold}`,
            ).toEqual(labels);
          expect(partitionOf(cut), `partition at ${threshold}`).toEqual(partition);
        }
      });
    }
  }

  for (const { name, arrays, observations } of ge2eRecordings()) {
    if (arrays.dendrogram === undefined) continue;
    it(`gives the dendrogram of pyannote on ${name} to the last bit`, () => {
      const chunks = toNumbers(arrays.train_chunk!);
      const speakers = toNumbers(arrays.train_speaker!);
      const rows = chunks.map((chunk, index) => chunk * observations.localSpeakerCount + speakers[index]!);
      const { embeddings, embeddingDimension } = observations;
      const all = {
        data: embeddings,
        rows: embeddings.length / embeddingDimension,
        columns: embeddingDimension,
      };
      const dendrogram = linkage(normalizeRowsLikeNumpy(gatherRows(all, rows)), 'centroid');
      expect(rowsOf(dendrogram).flat()).toEqual([...toNumbers(arrays.dendrogram!)]);
    });
  }
});

function matrixOf(vectors: number[][]): Matrix<Float64Array> {
  return { data: Float64Array.from(vectors.flat()), rows: vectors.length, columns: vectors[0]?.length ?? 0 };
}

function rowsOf({ left, right, height, size }: Dendrogram): number[][] {
  return Array.from(left, (node, merge) => [node, right[merge]!, height[merge]!, size[merge]!]);
}
