import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_QUALITY_LIMITS,
  ENROLLMENT_QUALITY_LIMITS,
  QualityMeter,
  refusePoorQuality,
  requireSpeech,
  completeQualityLimits,
} from '../../../../core/verification/speech/voice-quality.ts';
import type { LabeledAudio } from '../../../../core/verification/speech/labeled-audio.ts';
import { cutAt, noise, sine } from '../../../support/signals.ts';

function judged(...pieces: Omit<LabeledAudio, 'startSample'>[]) {
  const meter = new QualityMeter();
  for (const piece of pieces) meter.push({ ...piece, startSample: 0 });
  return meter.judge(DEFAULT_QUALITY_LIMITS);
}

function mixed(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, index) => value + b[index]!);
}

const tone = sine(300, 2, { amplitude: 0.2 });

describe('QualityMeter', () => {
  it.each([0, 5, 10, 20, 30])('estimates %i dB of speech over noise within 1 dB', (snrDb) => {
    // The power of a sine is half its squared amplitude, that of uniform noise a third.
    const amplitude = 0.2 * Math.sqrt(1.5) * 10 ** (-snrDb / 20);
    const speech = mixed(tone, noise(tone.length, { amplitude }));
    const pause = noise(16_000, { amplitude, seed: 5 });
    const quality = judged({ label: 'pause', samples: pause }, { label: 'speech', samples: speech });
    expect(quality.snrDb).toBeGreaterThan(snrDb - 1);
    expect(quality.snrDb).toBeLessThan(snrDb + 1);
  });

  it('is not impressed by a cough in a pause', () => {
    const pause = noise(16_000, { amplitude: 0.001 });
    pause.set(noise(3200, { amplitude: 0.9 }), 4000);
    expect(
      judged({ label: 'pause', samples: pause }, { label: 'speech', samples: tone }).snrDb,
    ).toBeGreaterThan(40);
  });

  it('hears the same however a pause is cut into blocks', () => {
    const [pause, speech] = [noise(16_000, { amplitude: 0.01 }), tone];
    // Quiet, then loud: pieces that begin elsewhere would have other levels.
    for (let index = 0; index < pause.length; index++) pause[index]! *= index / pause.length;
    const snrOf = (borders: readonly number[]) => {
      const meter = new QualityMeter();
      let startSample = 0;
      for (const samples of cutAt(pause, borders)) {
        meter.push({ label: 'pause', startSample, samples });
        startSample += samples.length;
      }
      meter.push({ label: 'speech', startSample, samples: speech });
      return meter.judge(DEFAULT_QUALITY_LIMITS).snrDb;
    };
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 15_999 }), { maxLength: 60 }), (borders) => {
        expect(snrOf(borders.sort((a, b) => a - b))).toBe(snrOf([]));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['there is no pause', []],
    ['the pause is a tenth of a second', [{ label: 'pause' as const, samples: noise(1600) }]],
    ['the pause is digital silence', [{ label: 'pause' as const, samples: new Float32Array(16_000) }]],
  ])('estimates no noise where %s', (_, pauses) => {
    expect(judged(...pauses, { label: 'speech', samples: tone }).snrDb).toBeNull();
  });

  it('measures level, length, clipping and overlap of the speech alone', () => {
    const clipped = sine(300, 1, { amplitude: 2 }).map((value) => Math.max(-1, Math.min(1, value)));
    const quality = judged(
      { label: 'overlap', samples: noise(8000) },
      { label: 'speech', samples: tone },
      { label: 'speech', samples: clipped },
    );
    expect(quality.speechSeconds).toBe(3);
    expect(quality.overlapSeconds).toBe(0.5);
    // Two thirds of a sine of twice full scale are above it, in one of three seconds.
    expect(quality.clippedFraction).toBeCloseTo(2 / 9, 2);
    expect(quality.reasons).toEqual(['clipped']);
    expect(judged({ label: 'speech', samples: sine(300, 1) }).levelDbfs).toBeCloseTo(-3.01, 2);
  });

  it('has no level and no noise for silence', () => {
    const quality = judged({ label: 'speech', samples: new Float32Array(16_000) });
    expect(quality).toMatchObject({ levelDbfs: null, snrDb: null, clippedFraction: 0, reasons: ['quiet'] });
    expect(judged({ label: 'pause', samples: new Float32Array(16_000) }).reasons).toEqual(['little_speech']);
  });

  it('notices a second voice', () => {
    const other = { label: 'speech' as const, samples: tone, isOtherSpeaker: true };
    expect(judged({ label: 'speech', samples: tone }, other).reasons).toEqual(['several_speakers']);
  });
});

describe('refusePoorQuality', () => {
  const good = {
    speechSeconds: 5,
    snrDb: 20,
    clippedFraction: 0,
    levelDbfs: -20,
    overlapSeconds: 0,
    reasons: [],
  };

  it('lets a good sample pass', () => {
    refusePoorQuality(good, DEFAULT_QUALITY_LIMITS);
  });

  it('has a code of its own for too little speech', () => {
    const short = { ...good, speechSeconds: 0.2, reasons: ['little_speech' as const] };
    expect(() => refusePoorQuality(short, DEFAULT_QUALITY_LIMITS)).toThrow(
      expect.objectContaining({ code: 'insufficient_speech' }),
    );
    expect(() => requireSpeech(short, 0.1)).not.toThrow();
    expect(() => requireSpeech({ ...short, speechSeconds: 0 }, 0.1)).toThrow(/record more/);
  });

  it('says what was measured and what is needed', () => {
    const poor = {
      ...good,
      snrDb: 3.4,
      clippedFraction: 0.0321,
      levelDbfs: null,
      reasons: ['noisy' as const, 'clipped' as const, 'quiet' as const],
    };
    expect(() => refusePoorQuality(poor, ENROLLMENT_QUALITY_LIMITS)).toThrow(
      'The sample is refused: too much noise (speech 3 dB over it, at least 6 dB), it is clipped (3.2 % of it, at most 2 %), ' +
        'it is too quiet (silence, at least -55 dBFS). Record another one, or accept it as it is.',
    );
  });

  it('explains missing speech by the overlap that took it away', () => {
    const both = {
      ...good,
      speechSeconds: 0,
      overlapSeconds: 4,
      reasons: ['little_speech' as const, 'overlap' as const],
    };
    expect(() => refusePoorQuality(both, DEFAULT_QUALITY_LIMITS)).toThrow(
      expect.objectContaining({
        code: 'poor_quality',
        message: expect.stringContaining('two people speak at once') as string,
      }),
    );
  });
});

describe('completeQualityLimits', () => {
  it('fills in the defaults', () => {
    expect(completeQualityLimits({ minSnrDb: 12 })).toEqual({ ...DEFAULT_QUALITY_LIMITS, minSnrDb: 12 });
  });

  it.each([
    ['an unknown name', { minSpeech: 3 }],
    ['a share above 1', { maxOverlapShare: 2 }],
    ['NaN', { minSnrDb: NaN }],
    ['less speech than can be embedded', { minSpeechSeconds: 0 }],
  ])('refuses %s', (_, limits) => {
    expect(() => completeQualityLimits(limits as object)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
