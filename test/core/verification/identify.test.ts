import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceIndex } from '../../../core/verification/identify.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { blend, MADE_UP_SPACE, makeVector } from '../../support/made-up-voices.ts';

const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };
const scorer = new VoiceScorer({ space: MADE_UP_SPACE, calibration });
const voices = Array.from({ length: 50 }, (_, seed) => ({ name: `voice ${seed}`, vector: makeVector(seed) }));
const index = new VoiceIndex(scorer, voices);

function sample(vector: Float32Array) {
  return scorer.prepare(vector, 'The sample');
}

describe('VoiceIndex', () => {
  it('names the best voice, not the first that is good enough', () => {
    const near = blend(voices[30]!.vector, voices[7]!.vector, 0.45);
    const { voice, margin, candidates } = index.identify(sample(near), {
      threshold: { scale: 'cosine', value: 0.5 },
    });
    expect(candidates.find((candidate) => candidate.voice === 'voice 7')!.score).toBeGreaterThan(0.5);
    expect(voice).toBe('voice 30');
    expect(margin).toBeCloseTo(candidates[0]!.score - candidates[1]!.score, 12);
  });

  it('finds what comparing with every voice finds', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const probe = sample(makeVector(seed + 1000));
        const scores = voices
          .map(({ name, vector }) => ({ voice: name, ...scorer.score(probe, scorer.prepare(vector, name)) }))
          .sort((a, b) => b.score - a.score);
        expect(index.identify(probe).candidates).toEqual(scores.slice(0, 10));
      }),
      { numRuns: 50 },
    );
  });

  it('leaves a stranger unknown', () => {
    const found = index.identify(sample(makeVector(777)), { threshold: { scale: 'cosine', value: 0.9 } });
    expect(found.voice).toBeNull();
    expect(found.candidates).toHaveLength(10);
  });

  it('names nobody where two voices are too close, measured without the bounds of the likelihood ratio', () => {
    const near = sample(blend(voices[7]!.vector, voices[30]!.vector, 0.45));
    const { margin } = index.identify(near);
    expect(margin).toBeGreaterThan(0);
    expect(index.identify(near, { minMargin: margin! }).voice).toBe('voice 7');
    expect(index.identify(near, { minMargin: margin! + 0.001 }).voice).toBeNull();
  });

  it('ranks by AS-norm where the threshold is on that scale', () => {
    // Whoever resembles all strangers is worth less than the cosine says.
    const cohort = { vectors: Float32Array.from([...voices[0]!.vector, ...voices[1]!.vector]), nearest: 2 };
    const normalizing = new VoiceScorer({ space: MADE_UP_SPACE, cohort });
    const found = new VoiceIndex(normalizing, voices).identify(normalizing.prepare(makeVector(500), 'It'), {
      threshold: { scale: 'as-norm', value: -1000 },
    });
    const scores = found.candidates.map(({ normalizedScore }) => normalizedScore!);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(found.margin).toBeGreaterThanOrEqual(0);
  });

  it('refuses names that two speakers of a result would share', () => {
    for (const names of [
      ['Ana', 'Ana'],
      ['Ana', 'SPEAKER_01'],
    ])
      expect(
        () =>
          new VoiceIndex(
            scorer,
            names.map((name) => ({ name, vector: makeVector(1) })),
          ),
      ).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  it('has no margin with a single voice', () => {
    const single = new VoiceIndex(scorer, voices.slice(0, 1));
    expect(single.identify(sample(voices[0]!.vector), { minMargin: 5 })).toMatchObject({
      voice: 'voice 0',
      margin: null,
    });
  });

  it('lists equal voices in their order', () => {
    const twins = new VoiceIndex(
      scorer,
      ['b', 'a', 'c'].map((name) => ({ name, vector: makeVector(1) })),
    );
    const { candidates } = twins.identify(sample(makeVector(1)), { maxCandidates: 2 });
    expect(candidates.map(({ voice }) => voice)).toEqual(['b', 'a']);
  });

  it('works for dimensions that are no multiple of four', () => {
    const odd = new VoiceScorer({ space: { ...MADE_UP_SPACE, dimension: 7 }, calibration });
    const found = new VoiceIndex(
      odd,
      [3, 4].map((seed) => ({ name: String(seed), vector: makeVector(seed, 7) })),
    );
    expect(found.identify(odd.prepare(makeVector(4, 7), 'it')).voice).toBe('4');
  });

  it.each([
    ['no voices', [], 'invalid_option'],
    ['one name twice', [voices[0]!, voices[1]!, voices[0]!], 'invalid_option'],
    ['another dimension', [{ name: 'x', vector: makeVector(1, 8) }], 'embedding_space_mismatch'],
    ['zero', [{ name: 'x', vector: new Float32Array(16) }], 'invalid_file'],
  ])('refuses %s', (_, wrong, code) => {
    expect(() => new VoiceIndex(scorer, wrong)).toThrow(expect.objectContaining({ code }));
  });

  it.each([{ minMargin: -1 }, { minMargin: NaN }, { maxCandidates: 0 }])('refuses %o', (options) => {
    expect(() => index.identify(sample(makeVector(1)), options)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
