import { describe, expect, it } from 'vitest';
import { gatherRows, normalizeRowsLikeNumpy } from '../../../core/math/vector.ts';
import { linkage } from '../../../core/resolution/linkage/agglomerative.ts';
import { flatClusters } from '../../../core/resolution/linkage/flat-clusters.ts';
import { reduceVectors } from '../../../core/resolution/reduce.ts';
import {
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
  type ResolutionOptions,
} from '../../../core/resolution/resolution-options.ts';
import { createPlda, type PldaArrays } from '../../../core/resolution/vbx/plda.ts';
import { resolve } from '../../../core/resolution/resolve.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { makeUpRecording, randomVoices, REAL_NOISE } from '../../support/made-up-recording.ts';
import { partitionOf } from '../../support/partition.ts';
import { communityRecordings, embeddedPldaArrays, ge2eRecordings } from '../../support/recorded-pipelines.ts';

const { observations } = makeUpRecording({
  seconds: 600,
  voices: randomVoices(4, 2),
  noise: REAL_NOISE,
  seed: 4,
});

function optionsWith(maxLinkedVectors: number, maxTogetherShare?: number): ResolutionOptions {
  const constraint = maxTogetherShare === undefined ? {} : { maxTogetherShare };
  return {
    ...DEFAULT_RESOLUTION_OPTIONS,
    clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 0.75, maxLinkedVectors, ...constraint },
  };
}

describe('reduceVectors', () => {
  const { trainingRows } = resolve(observations, optionsWith(8_000)).stages!;
  const all = { data: observations.embeddings, rows: observations.chunkCount * 3, columns: 256 };
  const units = normalizeRowsLikeNumpy(gatherRows(all, trainingRows));
  const chunks = trainingRows.map((row) => Math.floor(row / 3));

  it('leaves few vectors alone', () => {
    const reduced = reduceVectors(units, chunks, { maxVectors: units.rows });
    expect(reduced.vectors).toBe(units);
    expect(reduced.weights.every((weight) => weight === 1)).toBe(true);
  });

  it('keeps the number asked for, every vector in one group, and the overall mean', () => {
    for (const maxVectors of [2, 7, 100, units.rows - 1]) {
      const { vectors, weights, groupOf } = reduceVectors(units, chunks, { maxVectors });
      expect(vectors.rows).toBe(maxVectors);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(units.rows);
      expect(new Set(groupOf).size).toBe(maxVectors);
      const total = weights.reduce((sum, weight, group) => sum + weight * vectors.data[group * 256]!, 0);
      const expected = Array.from({ length: units.rows }, (_, row) => units.data[row * 256]!);
      expect(total).toBeCloseTo(
        expected.reduce((sum, value) => sum + value, 0),
        3,
      );
    }
  });

  it('leaves weighted means with which centroid linkage ends as it would have without', () => {
    const { vectors, weights, groupOf } = reduceVectors(units, chunks, { maxVectors: 100 });
    const exact = linkage(units, 'centroid');
    const reduced = linkage(vectors, 'centroid', { weights });
    const labels = flatClusters(reduced, 0.75);
    expect(partitionOf(groupOf.map((group) => labels[group]!))).toEqual(
      partitionOf(flatClusters(exact, 0.75)),
    );
    expect(reduced.height.at(-1)).toBeCloseTo(exact.height.at(-1)!, 5);
    expect(reduced.size.at(-1)).toBe(units.rows);
  });
});

/** Reducing is an approximation: shown on these, not promised for every recording that may be put beside them. */
const SHOWN_ON = [
  'two-speakers',
  'three-speakers-overlap',
  'five-speakers',
  'sample',
  '01_dialogue',
  '02_pyannote_sample',
  '05_four_speaker',
];

describe('a recording that is reduced before clustering', () => {
  it('gets the same turns as one that is not: made-up voices', () => {
    for (const share of [undefined, 0.2]) {
      const { turns } = resolve(observations, optionsWith(8_000, share));
      for (const maxVectors of [800, 400, 100]) {
        expect(resolve(observations, optionsWith(maxVectors, share)).turns).toEqual(turns);
      }
    }
  });

  for (const recording of ge2eRecordings().filter(({ name }) => SHOWN_ON.includes(name))) {
    const { turns, stages } = resolve(recording.observations, optionsWith(8_000));
    const count = stages?.trainingRows.length ?? 0;
    it.skipIf(count < 8)(`gets the same turns as one that is not: ${recording.name}`, () => {
      expect(resolve(recording.observations, optionsWith(Math.ceil(count / 4))).turns).toEqual(turns);
    });
  }

  const plda = createPlda(embeddedPldaArrays() as PldaArrays);
  for (const recording of communityRecordings().filter(({ name }) => SHOWN_ON.includes(name))) {
    it(`gets the same turns as one that is not, with VBx: ${recording.name}`, () => {
      const turnsWith = (maxLinkedVectors: number): readonly Turn[] => {
        const clustering = { ...DEFAULT_VBX_OPTIONS, maxLinkedVectors };
        const options = { ...DEFAULT_RESOLUTION_OPTIONS, clustering };
        return resolve(recording.observations, options, { plda }).turns.map((turn) => ({
          ...turn,
          confidence: 0,
        }));
      };
      const count = recording.initialLabels.length;
      expect(turnsWith(Math.ceil(count / 3))).toEqual(turnsWith(count));
    });
  }
});
