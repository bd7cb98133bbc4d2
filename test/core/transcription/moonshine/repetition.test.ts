import { describe, expect, it } from 'vitest';
import { lengthWithoutLoop } from '../../../../core/transcription/moonshine/repetition.ts';

describe('lengthWithoutLoop', () => {
  it('keeps one round of what is repeated at the end, however the last round breaks off', () => {
    expect(lengthWithoutLoop([7, 8, 1, 1, 1, 1, 1])).toBe(3);
    expect(lengthWithoutLoop([7, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1])).toBe(4);
  });

  it('keeps everything that may have been said', () => {
    expect(lengthWithoutLoop([1, 1, 1])).toBe(3);
    expect(lengthWithoutLoop([5, 5, 5, 5, 6])).toBe(5);
    expect(lengthWithoutLoop([1, 2, 1, 2, 1, 2])).toBe(6);
    expect(lengthWithoutLoop([])).toBe(0);
  });
});
