import { expect, it } from 'vitest';
import { resultFromTurns, unionSeconds } from '../../../core/transcript/result-from-segments.ts';

it('counts overlapping speech of a speaker once', () => {
  const segments = [
    { startSeconds: 5, endSeconds: 6 },
    { startSeconds: 0, endSeconds: 3 },
    { startSeconds: 1, endSeconds: 2 },
    { startSeconds: 2, endSeconds: 4 },
  ];
  expect(unionSeconds(segments)).toBe(5);
  expect(unionSeconds([])).toBe(0);
});

it('lists speakers by first speech', () => {
  const result = resultFromTurns([
    { startSeconds: 2, endSeconds: 3, speaker: 'A' },
    { startSeconds: 0, endSeconds: 1, speaker: 'B' },
    { startSeconds: 4, endSeconds: 6, speaker: 'B' },
  ]);
  expect(result.durationSeconds).toBe(6);
  expect(result.speakers).toEqual([
    { label: 'B', speakingSeconds: 3, turnCount: 2 },
    { label: 'A', speakingSeconds: 1, turnCount: 1 },
  ]);
});
