import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kMeans } from '../../../core/math/kmeans.ts';
import type { Matrix } from '../../../core/math/matrix.ts';
import { createRandom } from '../../../core/math/random.ts';
import { gatherRows, normalizeRowsLikeNumpy } from '../../../core/math/vector.ts';
import { toNumbers } from '../../support/npy.ts';
import { partitionOf } from '../../support/partition.ts';
import { ge2eRecordings } from '../../support/recorded-pipelines.ts';

type KMeansCase = { readonly recording: string; readonly kMeans: number; readonly inertia: number };

const goldenPath = join(import.meta.dirname, '../../golden/resolution/speaker-bounds.json');
const { cases } = JSON.parse(readFileSync(goldenPath, 'utf8')) as { readonly cases: readonly KMeansCase[] };

/** Both are local optima of three random starts: a few percent either way are chance. */
const INERTIA_MARGIN = 1.03;

describe('k-means', () => {
  for (const { name, arrays, observations } of ge2eRecordings()) {
    for (const golden of cases.filter((item) => item.recording === name && 'kMeans' in item)) {
      it(`splits ${name} into ${golden.kMeans} about as tightly as scikit-learn`, () => {
        const { embeddings, embeddingDimension: columns, localSpeakerCount } = observations;
        const chunks = toNumbers(arrays.train_chunk!);
        const rows = toNumbers(arrays.train_speaker!).map(
          (speaker, i) => chunks[i]! * localSpeakerCount + speaker,
        );
        const all = { data: embeddings, rows: embeddings.length / columns, columns };
        const units = normalizeRowsLikeNumpy(gatherRows(all, rows));
        const labels = kMeans(units, golden.kMeans, createRandom(42));
        expect(inertiaOf(units, labels)).toBeLessThanOrEqual(golden.inertia * INERTIA_MARGIN);
      });
    }
  }

  it('separates clusters that are far apart, whatever the seed', () => {
    const vectors: Matrix = {
      data: Float32Array.from([0, 0, 0.1, 0, 9, 9, 9.1, 9, 0, 9, 0, 9.1]),
      rows: 6,
      columns: 2,
    };
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(partitionOf(kMeans(vectors, 3, createRandom(seed)))).toEqual([0, 0, 1, 1, 2, 2]);
      }),
    );
  });

  it('leaves no cluster empty while there are enough different vectors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (count, seed) => {
        const random = createRandom(seed);
        const vectors = {
          data: Float32Array.from({ length: 3 * count }, () => random()),
          rows: count,
          columns: 3,
        };
        for (let k = 1; k <= count; k += 1) expect(new Set(kMeans(vectors, k, random)).size).toBe(k);
      }),
    );
  });

  it('takes equal vectors', () => {
    const vectors = { data: new Float32Array(8).fill(1), rows: 4, columns: 2 };
    expect(kMeans(vectors, 3, createRandom(1)).every((label) => label >= 0 && label < 3)).toBe(true);
  });
});

function inertiaOf({ data, rows, columns }: Matrix, labels: Int32Array): number {
  let inertia = 0;
  for (const cluster of new Set(labels)) {
    const members = [...labels.keys()].filter((row) => labels[row] === cluster);
    for (let i = 0; i < columns; i += 1) {
      const values = members.map((row) => data[row * columns + i]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      inertia += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    }
  }
  expect(labels).toHaveLength(rows);
  return inertia;
}
