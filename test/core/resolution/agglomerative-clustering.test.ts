import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatherRows, normalizeRowsLikeNumpy } from '../../../core/math/vector.ts';
import type { Matrix } from '../../../core/math/matrix.ts';
import { createRandom } from '../../../core/math/random.ts';
import { clusterAgglomerative } from '../../../core/resolution/agglomerative-clustering.ts';
import { DEFAULT_AGGLOMERATIVE_OPTIONS } from '../../../core/resolution/resolution-options.ts';
import {
  limitBounds,
  completeSpeakerBounds,
  type SpeakerBounds,
} from '../../../core/resolution/speaker-bounds.ts';
import { toNumbers } from '../../support/npy.ts';
import { partitionOf } from '../../support/partition.ts';
import { ge2eRecordings, type Ge2eRecording } from '../../support/recorded-pipelines.ts';

type BoundsCase = {
  readonly recording: string;
  readonly minClusterSize: number;
  readonly bounds: SpeakerBounds;
  readonly labels: string;
};

const goldenPath = join(import.meta.dirname, '../../golden/resolution/speaker-bounds.json');
const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as { readonly cases: readonly BoundsCase[] };
const recordings = ge2eRecordings();

function trainingOf({ arrays, observations }: Ge2eRecording): Matrix {
  const { embeddings, embeddingDimension: columns, localSpeakerCount } = observations;
  const chunks = toNumbers(arrays.train_chunk!);
  const rows = toNumbers(arrays.train_speaker!).map((speaker, i) => chunks[i]! * localSpeakerCount + speaker);
  return gatherRows({ data: embeddings, rows: embeddings.length / columns, columns }, rows);
}

function clusterUnits(
  units: Matrix,
  bounds: SpeakerBounds,
  options: { minClusterSize?: number; meetsWantedCount?: boolean } = {},
): Int32Array {
  return clusterAgglomerative(
    { vectors: units, weights: new Float64Array(units.rows).fill(1) },
    { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75, meetsWantedCount: false, ...options },
    limitBounds(completeSpeakerBounds(bounds), units.rows),
  ).labels;
}

describe('agglomerative clustering with bounds on the number of speakers', () => {
  for (const recording of recordings) {
    const cases = golden.cases.filter((item) => item.recording === recording.name && 'labels' in item);
    if (cases.length === 0) continue;
    it(`finds the clusters of pyannote on ${recording.name} for ${cases.length} bounds`, () => {
      const units = normalizeRowsLikeNumpy(trainingOf(recording));
      for (const { bounds, minClusterSize, labels } of cases) {
        const ours = clusterUnits(units, bounds, { minClusterSize });
        const letters = Array.from(ours, (label) => String.fromCharCode(97 + label)).join('');
        expect(letters, `${JSON.stringify(bounds)}, at least ${minClusterSize}`).toBe(labels);
      }
    });
  }
});

describe('agglomerative clustering, mended', () => {
  it('meets every number of speakers up to the number of embeddings', () => {
    const units = normalizeRowsLikeNumpy(randomVectors(40, 1));
    for (let wanted = 1; wanted <= 40; wanted += 1) {
      const labels = clusterUnits(units, { numSpeakers: wanted }, { meetsWantedCount: true });
      expect(new Set(labels).size, `${wanted} asked for`).toBe(wanted);
    }
  });

  it('does not depend on the order of the embeddings but for the numbering of clusters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer(), fc.nat(), (count, seed, shuffleSeed) => {
        const units = normalizeRowsLikeNumpy(randomVectors(count, seed));
        const order = shuffled(count, shuffleSeed);
        const plain = clusterUnits(units, {});
        const moved = clusterUnits(gatherRows(units, order), {});
        const back = new Int32Array(count);
        order.forEach((from, to) => (back[from] = moved[to]!));
        expect(partitionOf(back)).toEqual(partitionOf(plain));
      }),
    );
  });

  it('numbers clusters without gaps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer(), (count, seed) => {
        const labels = clusterUnits(
          normalizeRowsLikeNumpy(randomVectors(count, seed)),
          {},
          { minClusterSize: 4 },
        );
        expect([...new Set(labels)].sort((a, b) => a - b)).toEqual(
          [...new Set(labels)].map((_, index) => index).sort((a, b) => a - b),
        );
      }),
    );
  });
});

/** Loose clusters in eight dimensions. */
function randomVectors(rows: number, seed: number): Matrix {
  const random = createRandom(seed);
  const columns = 8;
  const centres = Array.from({ length: 4 * columns }, () => random() - 0.5);
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const cluster = Math.floor(i / columns) % 4;
    return centres[cluster * columns + (i % columns)]! + 0.4 * (random() - 0.5);
  });
  return { data, rows, columns };
}

function shuffled(count: number, seed: number): number[] {
  const random = createRandom(seed);
  const keys = Array.from({ length: count }, () => random());
  return [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
}
