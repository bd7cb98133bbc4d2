import { describe, expect, it } from 'vitest';
import type { Observations } from '../../../core/resolution/observations.ts';
import { DEFAULT_RESOLUTION_OPTIONS } from '../../../core/resolution/resolution-options.ts';
import { resolve } from '../../../core/resolution/resolve.ts';
import { ANNA, BERT, TINY, tinyObservations } from '../../support/tiny-observations.ts';

const chunk = [
  { embedding: ANNA, frames: [[0, 5]] },
  { embedding: BERT, frames: [[5, 10]] },
] as const;
const observations = tinyObservations([chunk, chunk, chunk, chunk]);

describe('resolve', () => {
  it('takes what the models saw', () => {
    expect(() => resolve(observations, DEFAULT_RESOLUTION_OPTIONS)).not.toThrow();
  });

  const { activity, embeddings, frameGrid } = observations;
  it.each<[string, Partial<Observations>, string]>([
    ['half a chunk', { chunkCount: 1.5 }, 'chunkCount is 1.5'],
    ['no frames', { framesPerChunk: 0 }, 'framesPerChunk is 0'],
    ['a length that is no number', { sampleCount: NaN }, 'sampleCount is NaN'],
    ['more speakers than bits', { localSpeakerCount: 9 }, 'at most 8'],
    ['frames without a length', { frameGrid: { ...frameGrid, stepSeconds: 0 } }, 'frameGrid'],
    ['too little activity', { activity: activity.subarray(1) }, `expected ${4 * TINY.framesPerChunk}`],
    [
      'a speaker that is not there',
      { activity: activity.map((bits) => bits | 8) },
      'more than 3 local speakers',
    ],
    ['too few embeddings', { embeddings: embeddings.subarray(4) }, `expected ${embeddings.length}`],
  ])('refuses observations of %s, and says what is wrong', (_what, fault, message) => {
    expect(() => resolve({ ...observations, ...fault }, DEFAULT_RESOLUTION_OPTIONS)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        details: { option: 'observations' },
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
