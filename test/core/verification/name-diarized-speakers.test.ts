import { describe, expect, it } from 'vitest';
import { nameDiarizedSpeakers } from '../../../core/verification/name-diarized-speakers.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { blend, MADE_UP_SPACE, makeVector } from '../../support/made-up-voices.ts';

const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };
const scorer = new VoiceScorer({ space: MADE_UP_SPACE, calibration });
const [ana, ben] = [makeVector(1), makeVector(2)];
const voices = [
  { name: 'Ana', vector: ana },
  { name: 'Ben', vector: ben },
];

function named(
  centroids: Record<string, Float32Array>,
  threshold?: { scale: 'cosine' | 'llr' | 'probability'; value: number },
) {
  return Object.fromEntries(
    nameDiarizedSpeakers(new Map(Object.entries(centroids)), voices, scorer, { threshold }).map(
      ({ label, voice }) => [label, voice],
    ),
  );
}

describe('nameDiarizedSpeakers', () => {
  it('names who is known and leaves strangers out', () => {
    expect(named({ SPEAKER_00: makeVector(9), SPEAKER_01: ben, SPEAKER_02: ana })).toEqual({
      SPEAKER_01: 'Ben',
      SPEAKER_02: 'Ana',
    });
  });

  it('gives a voice to one speaker only, the nearer one, also where both are beyond the bound of the calibration', () => {
    // Cosines of about 0.99 and 0.9: likelihood ratios of 11.8 and 10, both bounded to 6.
    expect(
      named({ SPEAKER_00: blend(ana, makeVector(5), 0.3), SPEAKER_01: blend(ana, makeVector(5), 0.1) }),
    ).toEqual({ SPEAKER_01: 'Ana' });
  });

  it('does not name a stranger to let more names be given', () => {
    // Taking Ana from her own speaker would let Ben, who is barely above the threshold, be named as well.
    const almostAna = blend(ana, makeVector(9), 0.52);
    const anaWithBen = blend(ana, ben, 0.35);
    const names = named({ SPEAKER_00: anaWithBen, SPEAKER_01: almostAna }, { scale: 'cosine', value: 0.45 });
    expect(names.SPEAKER_00).toBe('Ana');
  });

  it('takes the threshold on any scale', () => {
    const near = blend(ana, makeVector(5), 0.4);
    for (const scale of ['cosine', 'llr', 'probability'] as const) {
      const least = { cosine: -1, llr: -100, probability: 0 }[scale];
      expect(named({ S: near }, { scale, value: least })).toEqual({ S: 'Ana' });
    }
    expect(named({ S: near }, { scale: 'cosine', value: 1 })).toEqual({});
    expect(named({ S: blend(ana, makeVector(5), 0.9) }, { scale: 'llr', value: 6 })).toEqual({});
    expect(() => named({ S: near }, { scale: 'llr', value: 7 })).toThrow(/never reached/);
  });

  it('needs neither speakers nor voices', () => {
    expect(named({})).toEqual({});
    expect(nameDiarizedSpeakers(new Map([['S', ana]]), [], scorer)).toEqual([]);
  });

  it('refuses vectors of another space', () => {
    const wrong = [{ name: 'x', vector: makeVector(1, 8) }];
    expect(() => nameDiarizedSpeakers(new Map([['S', ana]]), wrong, scorer)).toThrow(
      expect.objectContaining({ code: 'embedding_space_mismatch' }),
    );
  });
});
