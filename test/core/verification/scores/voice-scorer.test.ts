import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceScorer } from '../../../../core/verification/scores/voice-scorer.ts';
import { cosineOf } from '../../../support/close-to.ts';
import { MADE_UP_SPACE, makeVector } from '../../../support/made-up-voices.ts';

const space = MADE_UP_SPACE;
const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };
const centre = Float64Array.from(makeVector(99), (value) => value / 2);
const means = { data: centre, rows: 1, columns: centre.length };
const cohort = { vectors: Float32Array.from([1, 2, 3].flatMap((seed) => [...makeVector(seed)])), nearest: 3 };

describe('VoiceScorer', () => {
  it('gives the cosine of centred unit vectors, whatever their length', () => {
    const scorer = new VoiceScorer({ space, means });
    const [a, b] = [makeVector(5), makeVector(6)];
    const centred = (vector: Float32Array) => vector.map((value, index) => value - centre[index]!);
    const { score, llr, probability, normalizedScore } = scorer.score(
      scorer.prepare(
        a.map((value) => 7 * value),
        'a',
      ),
      scorer.prepare(b, 'b'),
    );
    expect(score).toBeCloseTo(cosineOf(centred(a), centred(b)), 6);
    expect([llr, probability, normalizedScore]).toEqual([null, null, null]);
  });

  it('is symmetric, bounded, and one for a vector with itself', () => {
    const scorer = new VoiceScorer({ space, means, calibration, cohort });
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (seedA, seedB) => {
        const [a, b] = [seedA, seedB].map((seed) => scorer.prepare(makeVector(seed), 'it'));
        const score = scorer.score(a!, b!);
        expect(scorer.score(b!, a!)).toEqual(score);
        expect(Math.abs(score.score)).toBeLessThanOrEqual(1);
        expect(scorer.score(a!, a!).score).toBeCloseTo(1, 12);
        expect(scorer.score(a!, a!).score).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not centre what is centred already', () => {
    const scorer = new VoiceScorer({ space, means });
    const vector = makeVector(5);
    const centred = vector.map((value, index) => value - centre[index]!);
    expect(scorer.score(scorer.prepareCentred(centred), scorer.prepare(vector, 'it')).score).toBeCloseTo(
      1,
      6,
    );
  });

  it('refuses vectors that cannot be compared, by name', () => {
    const scorer = new VoiceScorer({ space });
    expect(() => scorer.prepare(new Float32Array(192).fill(1), 'The voice "Ana"')).toThrow(
      expect.objectContaining({
        code: 'embedding_space_mismatch',
        message: expect.stringContaining('"Ana"') as string,
      }),
    );
    expect(() => scorer.prepare(new Float32Array(16), 'It')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
    expect(() => scorer.prepare(new Float32Array(16).fill(NaN), 'It')).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
  });

  it('decides by a likelihood ratio of 1 unless told otherwise, and only where there is one', () => {
    expect(new VoiceScorer({ space, calibration }).thresholdOrDefault(undefined)).toEqual({
      scale: 'llr',
      value: 0,
    });
    expect(() => new VoiceScorer({ space }).thresholdOrDefault(undefined)).toThrow(
      /give one on the scale cosine/,
    );
    expect(() => new VoiceScorer({ space }).thresholdOrDefault({ scale: 'probability', value: 0.9 })).toThrow(
      /no calibration/,
    );
    expect(() => new VoiceScorer({ space }).thresholdOrDefault({ scale: 'as-norm', value: 3 })).toThrow(
      /no cohort/,
    );
    expect(() =>
      new VoiceScorer({ space, calibration }).thresholdOrDefault({ scale: 'llr', value: 6.1 }),
    ).toThrow(/never reached: .* ends at 6/);
    expect(() =>
      new VoiceScorer({ space, calibration }).thresholdOrDefault({ scale: 'probability', value: 0.9999 }),
    ).toThrow(/never reached: .* ends at 0\.9975/);
    const highest = { scale: 'llr', value: 6 } as const;
    expect(new VoiceScorer({ space, calibration }).thresholdOrDefault(highest)).toEqual(highest);
    const threshold = { scale: 'as-norm', value: 3 } as const;
    expect(new VoiceScorer({ space, cohort }).thresholdOrDefault(threshold)).toEqual(threshold);
  });
});
