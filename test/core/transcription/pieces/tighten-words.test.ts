import { describe, expect, it } from 'vitest';
import { tightenWords } from '../../../../core/transcription/pieces/tighten-words.ts';
import type { Segment } from '../../../../core/timeline/turns.ts';

const span = (startSeconds: number, endSeconds: number): Segment => ({ startSeconds, endSeconds });

describe('tightenWords', () => {
  it('takes pauses out of words: the longest stretch of speech stays, the first of equals', () => {
    const speech = [span(0.2, 1), span(2, 3)];
    expect(tightenWords([span(0, 0.5), span(0.5, 2.2), span(2.2, 4)], speech)).toEqual([
      span(0.2, 0.5),
      span(0.5, 1),
      span(2.2, 3),
    ]);
    expect(tightenWords([span(0.5, 2.5)], speech)).toEqual([span(0.5, 1)]);
  });

  it('leaves a word alone that meets no speech', () => {
    expect(tightenWords([span(5, 6)], [span(0, 1)])).toEqual([span(5, 6)]);
  });

  it('parts words that share a moment where the later begins', () => {
    expect(tightenWords([span(0, 1.1), span(1, 2)], [span(0, 3)])).toEqual([span(0, 1), span(1, 2)]);
    expect(tightenWords([span(1, 2), span(1, 2)], [span(0, 3)])).toEqual([span(1, 1), span(1, 2)]);
  });
});
