import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binarize, type BinarizeOptions } from '../../../../core/resolution/turns/binarize.ts';

const GRID = { startSeconds: 0, durationSeconds: 1, stepSeconds: 1 };
const PLAIN: BinarizeOptions = { minDurationOnSeconds: 0, minDurationOffSeconds: 0 };

/** Segments of the first speaker as `start-end`; `1` is active. */
function segments(frames: string, options: Partial<BinarizeOptions> = {}): string[] {
  const activity = { data: Uint8Array.from(frames, Number), frameCount: frames.length, speakerCount: 1 };
  return binarize(activity, 0, GRID, { ...PLAIN, ...options }).map(
    ({ startSeconds, endSeconds }) => `${startSeconds}-${endSeconds}`,
  );
}

describe('binarize', () => {
  it('goes from the middle of the first active frame to the middle of the first inactive one after it', () => {
    expect(segments('0110010')).toEqual(['1.5-3.5', '5.5-6.5']);
  });

  it('ends a segment that is never closed at the middle of the last frame', () => {
    expect(segments('00111')).toEqual(['2.5-4.5']);
  });

  it('drops an active last frame on its own: it has no length', () => {
    expect(segments('00001')).toEqual([]);
    expect(segments('')).toEqual([]);
  });

  it('fills gaps shorter than the limit, not equal to it', () => {
    expect(segments('10100100', { minDurationOffSeconds: 2 })).toEqual(['0.5-3.5', '5.5-6.5']);
  });

  it('drops segments shorter than the limit after gaps are filled', () => {
    expect(segments('10100100', { minDurationOffSeconds: 2, minDurationOnSeconds: 2 })).toEqual(['0.5-3.5']);
    expect(segments('0100', { minDurationOnSeconds: 1 })).toEqual(['1.5-2.5']);
  });

  it('reaches past no end', () => {
    expect(segments('01110011', { endSeconds: 3 })).toEqual(['1.5-3']);
  });

  it('reads the column of its speaker', () => {
    const activity = { data: Uint8Array.of(1, 0, 1, 1, 0, 1, 0, 0), frameCount: 4, speakerCount: 2 };
    expect(binarize(activity, 0, GRID, PLAIN)).toEqual([{ startSeconds: 0.5, endSeconds: 2.5 }]);
    expect(binarize(activity, 1, GRID, PLAIN)).toEqual([{ startSeconds: 1.5, endSeconds: 3.5 }]);
  });

  it('gives back the frames it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }), (frames) => {
        const text = [...frames, false].map(Number).join('');
        const found = new Set<number>();
        for (const part of segments(text)) {
          const [start, end] = part.split('-').map(Number) as [number, number];
          for (let frame = start - 0.5; frame < end - 0.5; frame += 1) found.add(frame);
        }
        expect([...found]).toEqual([...frames.keys()].filter((frame) => frames[frame]));
      }),
    );
  });
});
