import { expect, it } from 'vitest';
import { aloneOf } from '../../../core/timeline/alone.ts';

const turn = (speaker: string, startSeconds: number, endSeconds: number) => ({
  speaker,
  startSeconds,
  endSeconds,
});
const pairs = (...turns: ReturnType<typeof turn>[]) =>
  aloneOf(turns, 'A').map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);

it('leaves what nobody else says at the same time', () => {
  expect(pairs(turn('A', 0, 10))).toEqual([[0, 10]]);
  expect(pairs(turn('A', 0, 10), turn('B', 3, 5), turn('C', 4, 6))).toEqual([
    [0, 3],
    [6, 10],
  ]);
  expect(pairs(turn('B', 0, 2), turn('A', 1, 4), turn('B', 3, 8), turn('A', 7, 9))).toEqual([
    [2, 3],
    [8, 9],
  ]);
  expect(pairs(turn('A', 2, 4), turn('B', 0, 9))).toEqual([]);
  expect(pairs(turn('B', 0, 9))).toEqual([]);
});

it('is the same as asking every moment', () => {
  const turns = Array.from({ length: 60 }, (_, index) =>
    turn(['A', 'B', 'C'][(index * 7) % 3]!, (index * 37) % 90, ((index * 37) % 90) + 1 + ((index * 13) % 9)),
  );
  const found = aloneOf(turns, 'A');
  for (let at = 0.5; at < 100; at += 1) {
    const speaking = new Set(
      turns.filter((one) => one.startSeconds <= at && at < one.endSeconds).map(({ speaker }) => speaker),
    );
    const isAlone = speaking.size === 1 && speaking.has('A');
    expect(found.some((one) => one.startSeconds <= at && at < one.endSeconds)).toBe(isAlone);
  }
});
