import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../core/math/random.ts';
import { clusterScales } from '../../../../core/resolution/nme-spectral/cluster-scales.ts';
import type { MultiScaleEmbeddings } from '../../../../core/resolution/nme-spectral/scale-embeddings.ts';
import { cutRegion } from '../../../../core/resolution/nme-spectral/sub-segments.ts';
import {
  checkNmeSpectralOptions,
  DEFAULT_NME_SPECTRAL_OPTIONS,
} from '../../../../core/resolution/scales/nme-spectral-options.ts';
import { partitionOf } from '../../../support/partition.ts';

const VOICES = 3;
const DIMENSION = 24;
const TURN_SECONDS = 4;
const voiceAt = (seconds: number): number => Math.floor(seconds / TURN_SECONDS) % VOICES;

/** Turns of four seconds of three voices in a row, at two scales. */
function madeUp(seconds: number): MultiScaleEmbeddings {
  const random = createRandom(11);
  const scales = [
    { windowSeconds: 1, shiftSeconds: 0.5 },
    { windowSeconds: 0.5, shiftSeconds: 0.25 },
  ].map((scale) => {
    const segments = cutRegion({ startSeconds: 0, endSeconds: seconds }, scale);
    const data = new Float32Array(segments.length * DIMENSION);
    segments.forEach(({ startSeconds, durationSeconds }, row) => {
      const voice = voiceAt(startSeconds + durationSeconds / 2);
      for (let k = 0; k < DIMENSION; k++) {
        data[row * DIMENSION + k] = (k % VOICES === voice ? 1 : 0) + 0.8 * (random() - 0.5);
      }
    });
    return {
      startSeconds: Float32Array.from(segments, (segment) => segment.startSeconds),
      endSeconds: Float32Array.from(segments, (segment) => segment.startSeconds + segment.durationSeconds),
      vectors: { data, rows: segments.length, columns: DIMENSION },
    };
  });
  return { scales, weights: [1, 1] };
}

describe('a long session by a sample of its segments', () => {
  const embeddings = madeUp(120);
  const base = embeddings.scales.at(-1)!;
  const truth = partitionOf(
    Int32Array.from(base.startSeconds, (start, row) => voiceAt((start + base.endSeconds[row]!) / 2)),
  );
  const options = { ...DEFAULT_NME_SPECTRAL_OPTIONS, scaleWeights: [1, 1] };

  for (const segmentsPerPiece of [100, 250, 1000]) {
    it(`gives every segment the right voice, ${segmentsPerPiece} of ${base.vectors.rows} at once`, () => {
      const { labels, searches } = clusterScales(embeddings, { ...options, segmentsPerPiece });
      expect(searches.map(({ speakers }) => speakers)).toEqual([VOICES]);
      const wrong = partitionOf(labels).filter((label, row) => label !== truth[row]).length;
      // Segments that two voices share belong to either.
      expect(wrong).toBeLessThanOrEqual(0.05 * labels.length);
    });
  }

  it('meets a number that is given', () => {
    const { labels } = clusterScales(embeddings, { ...options, segmentsPerPiece: 100, speakers: 2 });
    expect(new Set(labels).size).toBe(2);
  });

  it('says what it does not know', () => {
    const longSessions = 'halved' as 'sampled';
    expect(() => checkNmeSpectralOptions({ ...options, longSessions })).toThrow('sampled or merged');
  });
});
