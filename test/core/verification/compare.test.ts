import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/verification/compare.ts';
import { VoiceScorer } from '../../../core/verification/scores/voice-scorer.ts';
import { blend, MADE_UP_SPACE, makeVector } from '../../support/made-up-voices.ts';

const scorer = new VoiceScorer({
  space: MADE_UP_SPACE,
  calibration: { scale: 20, offset: -8, minLlr: -4, maxLlr: 12 },
});
const [a, b] = [makeVector(1), blend(makeVector(1), makeVector(2), 0.3)].map((vector) =>
  scorer.prepare(vector, 'it'),
);

describe('decide', () => {
  it('says whose threshold it went by', () => {
    expect(decide(scorer, a!, b!)).toMatchObject({
      threshold: { scale: 'llr', value: 0 },
      sameSpeaker: true,
    });
  });

  it('follows the threshold of the caller strictly, on its scale', () => {
    const { score, llr } = scorer.score(a!, b!);
    for (const [scale, value] of [
      ['cosine', score],
      ['llr', llr!],
    ] as const) {
      expect(decide(scorer, a!, b!, { scale, value }).sameSpeaker).toBe(true);
      expect(decide(scorer, a!, b!, { scale, value: value + 1e-9 }).sameSpeaker).toBe(false);
    }
  });

  it('refuses a threshold outside its scale before it decides', () => {
    expect(() => decide(scorer, a!, b!, { scale: 'cosine', value: 25 })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
