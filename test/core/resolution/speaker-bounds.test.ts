import { describe, expect, it } from 'vitest';
import { limitBounds, completeSpeakerBounds, wantedCount } from '../../../core/resolution/speaker-bounds.ts';

describe('bounds on the number of speakers', () => {
  it('leave everything open when nothing is known', () => {
    expect(completeSpeakerBounds({})).toEqual({ min: 1, max: Infinity, exact: undefined });
  });

  it('know the number when it is given, or when both bounds meet', () => {
    expect(completeSpeakerBounds({ numSpeakers: 3 })).toEqual({ min: 3, max: 3, exact: 3 });
    expect(completeSpeakerBounds({ minSpeakers: 2, maxSpeakers: 2 })).toEqual({ min: 2, max: 2, exact: 2 });
    expect(completeSpeakerBounds({ numSpeakers: 3, minSpeakers: 1, maxSpeakers: 4 }).exact).toBe(3);
  });

  it.each([0, -1, 1.5, NaN, Infinity, '2' as unknown as number])('refuse %s', (value) => {
    for (const name of ['numSpeakers', 'minSpeakers', 'maxSpeakers']) {
      expect(() => completeSpeakerBounds({ [name]: value })).toThrow(
        expect.objectContaining({ code: 'invalid_option', details: { option: name } }),
      );
    }
  });

  it.each([
    { minSpeakers: 3, maxSpeakers: 2 },
    { numSpeakers: 1, minSpeakers: 2 },
    { numSpeakers: 5, maxSpeakers: 4 },
  ])('refuse the contradiction %o', (bounds) => {
    expect(() => completeSpeakerBounds(bounds)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  it('never ask for more clusters than embeddings, nor for none', () => {
    expect(limitBounds({ min: 5, max: Infinity, exact: undefined }, 3)).toEqual({ min: 3, max: 3, exact: 3 });
    expect(limitBounds({ min: 1, max: Infinity, exact: undefined }, 0)).toEqual({ min: 1, max: 1, exact: 1 });
    expect(limitBounds({ min: 1, max: 4, exact: undefined }, 9)).toEqual({
      min: 1,
      max: 4,
      exact: undefined,
    });
  });

  it('want another number only where the found one does not fit', () => {
    const bounds = { min: 2, max: 4, exact: undefined };
    expect([1, 2, 3, 4, 5].map((count) => wantedCount(count, bounds))).toEqual([
      2,
      undefined,
      undefined,
      undefined,
      4,
    ]);
    expect(wantedCount(3, { min: 3, max: 3, exact: 3 })).toBeUndefined();
  });
});
