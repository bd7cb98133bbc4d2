import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_EVIDENCE_OPTIONS } from '../../../../core/resolution/resolution-options.ts';
import type { ConditionModel } from '../../../../core/diarization/clustering-models.ts';
import { findPreset } from '../../../../core/diarization/presets.ts';
import { centredByNearestMean } from '../../../../core/embedding/centring.ts';
import type { Matrix } from '../../../../core/math/matrix.ts';
import { createRandom } from '../../../../core/math/random.ts';
import { clusterSpeakers } from '../../../../core/resolution/cluster-speakers.ts';
import { clusterByEvidence } from '../../../../core/resolution/evidence/evidence-clustering.ts';
import { reduceVectors } from '../../../../core/resolution/reduce.ts';
import { completeSpeakerBounds, type SpeakerBounds } from '../../../../core/resolution/speaker-bounds.ts';
import { embeddedConditions } from '../../../support/campplus.ts';
import { readNpz, toNumbers } from '../../../support/npy.ts';
import { partitionOf } from '../../../support/partition.ts';

const SAMPLE = join(import.meta.dirname, '../../../golden/conditions/sample.clean.npz');
const OPTIONS = { ...findPreset('embedded').resolution, clustering: DEFAULT_EVIDENCE_OPTIONS };

/** Voices of a real recording: two people, 41 windows of half a minute. */
type Voices = { readonly vectors: Matrix; readonly chunks: Int32Array; readonly hopShare: number };

describe('clustering by evidence', () => {
  let model: ConditionModel;
  let sample: Voices;
  beforeAll(async () => {
    model = await embeddedConditions();
    const arrays = readNpz(SAMPLE);
    const [rows = 0, columns = 0] = arrays.vectors!.shape;
    const raw = arrays.vectors!.data as Float32Array;
    const data = new Float32Array(raw.length);
    for (let row = 0; row < rows; row++) {
      const vector = raw.subarray(row * columns, (row + 1) * columns);
      data.set(centredByNearestMean(vector, model.means).unit, row * columns);
    }
    sample = {
      vectors: { data, rows, columns },
      chunks: Int32Array.from(toNumbers(arrays.chunk!)),
      hopShare: 0.1,
    };
  });

  function clusters(voices: Voices, bounds: SpeakerBounds, clustering = DEFAULT_EVIDENCE_OPTIONS) {
    const options = { ...OPTIONS, clustering };
    const { twoCovariance } = model;
    return clusterSpeakers(voices, options, completeSpeakerBounds(bounds), { twoCovariance });
  }

  const countOf = (labels: Int32Array): number => new Set(labels).size;

  it('finds two people without being told, and says how clear that is', () => {
    const { labels, evidence } = clusters(sample, {});
    expect(countOf(labels)).toBe(2);
    expect(evidence!.countConfidence).toBeGreaterThan(0.5);
    expect(evidence!.countConfidence).toBeLessThan(0.9);
  });

  it.each([1, 2, 3, 5, 8, 20, 41])('finds %i people where so many are asked for', (numSpeakers) => {
    const { labels, evidence } = clusters(sample, { numSpeakers });
    expect(countOf(labels)).toBe(numSpeakers);
    if (numSpeakers !== 2 && numSpeakers !== 1) expect(evidence!.countConfidence).toBeUndefined();
  });

  it('keeps what it finds within bounds, and gives in to them', () => {
    const free = partitionOf(clusters(sample, {}).labels);
    expect(partitionOf(clusters(sample, { minSpeakers: 1, maxSpeakers: 4 }).labels)).toEqual(free);
    expect(countOf(clusters(sample, { minSpeakers: 4 }).labels)).toBe(4);
    expect(countOf(clusters(sample, { maxSpeakers: 1 }).labels)).toBe(1);
  });

  it('does without most vectors of a long recording', () => {
    const whole = partitionOf(clusters(sample, {}).labels);
    const reduced = clusters(sample, {}, { ...DEFAULT_EVIDENCE_OPTIONS, maxLinkedVectors: 20 });
    const same = partitionOf(reduced.labels).filter((label, index) => label === whole[index]).length;
    expect(same).toBeGreaterThanOrEqual(38);
  });

  it('joins more than a thousand first clusters down to any number', () => {
    const random = createRandom(5);
    const [rows, columns] = [1_200, 192];
    const data = Float32Array.from({ length: rows * columns }, () => random() - 0.5);
    const vectors = { data, rows, columns };
    const chunks = Int32Array.from({ length: rows }, (_, row) => row);
    const reduced = reduceVectors(vectors, chunks, { maxVectors: rows });
    const input = { training: vectors, chunks, reduced, hopShare: 0.1 };
    const bounds = completeSpeakerBounds({ numSpeakers: 7 });
    const found = clusterByEvidence(input, model.twoCovariance, DEFAULT_EVIDENCE_OPTIONS, bounds);
    expect(countOf(found.first)).toBeGreaterThan(1_000);
    expect(countOf(found.labels)).toBe(7);
  });

  it('refuses to cluster without the model that belongs to the encoder', () => {
    const bounds = completeSpeakerBounds({});
    expect(() => clusterSpeakers(sample, OPTIONS, bounds)).toThrow(
      /two-covariance model.*192 dimensions, got none/,
    );
    const other = { ...sample, vectors: { data: new Float32Array(80).fill(1), rows: 2, columns: 40 } };
    expect(() => clusterSpeakers(other, OPTIONS, bounds, { twoCovariance: model.twoCovariance })).toThrow(
      /got one for 192/,
    );
  });
});
