import { describe, expect, it } from 'vitest';
import { enroll } from '../../../core/verification/enroll.ts';
import type { VoiceSample } from '../../../core/verification/voices/voice.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { cosineOf } from '../../support/close-to.ts';
import { blend, MADE_UP_SPACE, makeVector } from '../../support/made-up-voices.ts';

const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };
const scorer = new VoiceScorer({ space: MADE_UP_SPACE, calibration });
const ana = makeVector(1);
const now = '2026-05-06T07:08:09.000Z';

/** A sample of Ana with something of its own. */
function sampleOf(seed: number, speechSeconds = 5, share = 0.2): VoiceSample {
  const quality = {
    speechSeconds,
    snrDb: 20,
    clippedFraction: 0,
    levelDbfs: -20,
    overlapSeconds: 0,
    reasons: [],
  };
  return { vector: blend(ana, makeVector(seed + 50), share), quality };
}
const stranger: VoiceSample = { ...sampleOf(0), vector: makeVector(40) };

describe('enroll', () => {
  it('makes a voice that is nearer to the person than its samples are', () => {
    const samples = [1, 2, 3, 4].map((seed) => sampleOf(seed, 5, 0.4));
    const { voice, refused } = enroll('Ana', samples, scorer, { now });
    expect(refused).toEqual([]);
    expect(voice).toMatchObject({ name: 'Ana', space: MADE_UP_SPACE, createdAt: now, updatedAt: now });
    const best = Math.max(...samples.map(({ vector }) => cosineOf(vector, ana)));
    expect(cosineOf(voice.vector, ana)).toBeGreaterThan(best);
  });

  it('weighs samples by their speech, up to half a minute', () => {
    const [long, short] = [sampleOf(1, 29, 0.3), sampleOf(2, 1, 0.3)];
    const { voice } = enroll('Ana', [long, short], scorer, { now });
    expect(cosineOf(voice.vector, long.vector)).toBeGreaterThan(cosineOf(voice.vector, short.vector));
    const endless = enroll('Ana', [sampleOf(1, 3000, 0.3), sampleOf(2, 30, 0.3)], scorer, { now }).voice;
    expect(cosineOf(endless.vector, sampleOf(1, 1, 0.3).vector)).toBeCloseTo(
      cosineOf(endless.vector, sampleOf(2, 1, 0.3).vector),
      6,
    );
  });

  it('leaves an outlier out and says which', () => {
    const { voice, refused } = enroll('Ana', [sampleOf(1), stranger, sampleOf(2)], scorer, { now });
    expect(refused.map(({ index }) => index)).toEqual([1]);
    expect(voice.samples).toHaveLength(2);
    expect(cosineOf(voice.vector, ana)).toBeGreaterThan(0.9);
  });

  it('refuses samples of two people, where nobody can say who is meant', () => {
    expect(() => enroll('Ana', [sampleOf(1), stranger], scorer, { now })).toThrow(
      expect.objectContaining({ code: 'poor_quality' }),
    );
    expect(() =>
      enroll('Ana', [sampleOf(1), stranger, { ...stranger, vector: makeVector(41) }], scorer, { now }),
    ).toThrow(/not of one voice/);
  });

  it('adds to a voice, which keeps its age', () => {
    const { voice: existing } = enroll('Ana', [sampleOf(1), sampleOf(2)], scorer, {
      now: '2025-01-01T00:00:00.000Z',
    });
    const { voice, refused } = enroll('Ana', [stranger, sampleOf(3)], scorer, { existing, now });
    expect(voice).toMatchObject({ createdAt: '2025-01-01T00:00:00.000Z', updatedAt: now });
    expect(voice.samples).toHaveLength(3);
    expect(refused.map(({ index }) => index)).toEqual([0]);
  });

  it('takes a single sample as it is', () => {
    const { voice } = enroll('Ana', [sampleOf(1)], scorer, { now });
    expect(cosineOf(voice.vector, sampleOf(1).vector)).toBeCloseTo(1, 6);
  });

  it.each([
    ['no samples', 'Ana', [], 'invalid_option'],
    ['a name with a slash', '../Ana', [sampleOf(1)], 'invalid_option'],
    [
      'a vector of another dimension',
      'Ana',
      [{ vector: makeVector(1, 8), quality: null }],
      'embedding_space_mismatch',
    ],
    ['NaN', 'Ana', [{ vector: new Float32Array(16).fill(NaN), quality: null }], 'invalid_file'],
  ])('refuses %s', (_, name, samples, code) => {
    expect(() => enroll(name, samples, scorer, { now })).toThrow(expect.objectContaining({ code }));
  });
});
