import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loopedTokenCount } from '../../../../../core/transcription/whisper/decode/repetition-guard.ts';

describe('loopedTokenCount', () => {
  it('finds a phrase that goes on for ever, and keeps it once', () => {
    const phrase = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(phrase, fc.integer({ min: 40, max: 60 }), (tokens, repeats) => {
        const looped = Array.from({ length: repeats }, () => tokens).flat();
        const kept = looped.length - loopedTokenCount(looped);
        expect(kept).toBeLessThanOrEqual(tokens.length);
        expect(kept).toBeGreaterThan(0);
      }),
    );
  });

  it('leaves what people say alone', () => {
    expect(loopedTokenCount([5, 5, 5, 5, 5, 5, 5, 5])).toBe(0);
    expect(loopedTokenCount(Array.from({ length: 200 }, (_, index) => index))).toBe(0);
    const chorus = Array.from({ length: 12 }, (_, index) => index);
    expect(loopedTokenCount([...chorus, ...chorus, ...chorus])).toBe(0);
  });

  it('counts nothing of a loop that is over', () => {
    expect(loopedTokenCount([...new Array<number>(100).fill(7), 8])).toBe(0);
  });
});
