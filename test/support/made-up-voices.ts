import { unitVector } from '../../core/verification/scores/embedding-vector.ts';
import type { EmbeddingSpace } from '../../core/result/voice-terms.ts';
import type { EnrolledVoice } from '../../core/verification/voices/voice.ts';
import { noise } from './signals.ts';

/** A space that no model has. */
export const MADE_UP_SPACE: EmbeddingSpace = {
  model: 'made-up',
  fingerprint: '0123456789abcdef',
  dimension: 16,
};

/** A unit vector of its own direction for each seed. */
export function makeVector(seed: number, dimension = MADE_UP_SPACE.dimension): Float32Array {
  return Float32Array.from(unitVector(noise(dimension, { seed: 7919 * (seed + 1) })));
}

/** The same with something of another direction in it. */
export function blend(a: Float32Array, b: Float32Array, share: number): Float32Array {
  return Float32Array.from(unitVector(a.map((value, index) => (1 - share) * value + share * b[index]!)));
}

export function makeVoice(name: string, seed: number): EnrolledVoice {
  const vector = makeVector(seed);
  const quality = {
    speechSeconds: 6.5,
    snrDb: 21.25,
    clippedFraction: 0,
    levelDbfs: -24,
    overlapSeconds: 0,
    reasons: [],
  };
  return {
    name,
    space: MADE_UP_SPACE,
    vector,
    samples: [
      { vector, quality },
      { vector: blend(vector, makeVector(seed + 100), 0.1), quality: null },
    ],
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
  };
}
