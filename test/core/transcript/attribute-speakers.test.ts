import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeByAnchor } from '../../../core/transcript/attribute-by-anchor.ts';
import { attributeSpeakers } from '../../../core/transcript/attribute-speakers.ts';
import type { Segment, Turn } from '../../../core/timeline/turns.ts';

const segment = (startSeconds: number, endSeconds: number): Segment => ({ startSeconds, endSeconds });
const turn = (speaker: string, startSeconds: number, endSeconds: number): Turn => ({
  speaker,
  startSeconds,
  endSeconds,
});

const TURNS = [turn('A', 0, 2), turn('B', 2, 3), turn('A', 5, 6)];

describe('attributeSpeakers', () => {
  it('gives a word to who has most of its time', () => {
    const words = [segment(0.5, 1), segment(1.8, 2.5), segment(1.4, 2.3), segment(5, 6)];
    expect(attributeSpeakers(words, TURNS)).toEqual(['A', 'B', 'A', 'A']);
  });

  it('adds up the turns of a speaker', () => {
    const turns = [turn('A', 0, 0.4), turn('B', 0.4, 0.9), turn('A', 0.9, 1.1)];
    expect(attributeSpeakers([segment(0, 1.1)], turns)).toEqual(['A']);
  });

  it('gives a word in a gap to the nearest turn within the limit, the earlier of equals', () => {
    const words = [segment(3.1, 3.3), segment(4.7, 4.9), segment(3.8, 4.2), segment(6.4, 6.6), segment(7, 8)];
    expect(attributeSpeakers(words, TURNS)).toEqual(['B', 'A', null, 'A', null]);
    expect(attributeSpeakers([segment(3.9, 4.1)], TURNS, { maxDistanceSeconds: 2 })).toEqual(['B']);
  });

  it('takes a word without duration as a moment, on a border as the earlier turn', () => {
    const moments = [segment(1, 1), segment(2, 2), segment(3, 3), segment(4, 4)];
    expect(attributeSpeakers(moments, TURNS)).toEqual(['A', 'A', 'B', null]);
  });

  it('knows nobody without turns', () => {
    expect(attributeSpeakers([segment(0, 1)], [])).toEqual([null]);
  });

  it('equals the search through all turns', () => {
    const borders = fc.uniqueArray(fc.nat(200), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(
        borders,
        fc.array(fc.tuple(fc.nat(220), fc.integer({ min: 1, max: 30 }))),
        (places, spans) => {
          const sorted = places.sort((a, b) => a - b);
          const turns = sorted
            .slice(1)
            .map((end, index) => turn('ABC'[(index * 7) % 3]!, sorted[index]!, end))
            .filter((_, index) => index % 3 !== 2);
          const words = spans.map(([start, length]) => segment(start, start + length));
          const expected = words.map((word) => longestShare(word, turns));
          const actual = attributeSpeakers(words, turns, { maxDistanceSeconds: 0 });
          actual.forEach((speaker, index) => {
            if (expected[index] !== null) expect(speaker).toBe(expected[index]);
          });
        },
      ),
    );
  });
});

/** Everybody's share by looking at every turn; the first of equals in the order of turns. */
function longestShare(word: Segment, turns: readonly Turn[]): string | null {
  const shares = new Map<string, number>();
  for (const { speaker, startSeconds, endSeconds } of turns) {
    const shared = Math.min(endSeconds, word.endSeconds) - Math.max(startSeconds, word.startSeconds);
    if (shared > 0) shares.set(speaker, (shares.get(speaker) ?? 0) + shared);
  }
  const most = Math.max(0, ...shares.values());
  return [...shares].find(([, share]) => share === most)?.[0] ?? null;
}

describe('attributeByAnchor', () => {
  const words = [segment(0, 1), segment(1.9, 2.6), segment(3.5, 3.7), segment(5.5, 7), segment(8, 9)];

  it('walks on to the next turn once the start of a word is past the end of this one', () => {
    expect(attributeByAnchor(words, TURNS)).toEqual(['A', 'A', 'A', 'A', 'A']);
    expect(attributeByAnchor([segment(2.1, 2.2)], TURNS)).toEqual(['B']);
  });

  it('takes the middle or the end of words, and an offset, where asked to', () => {
    expect(attributeByAnchor(words, TURNS, { anchor: 'middle' })[1]).toBe('B');
    expect(attributeByAnchor(words, TURNS, { anchor: 'end' })[1]).toBe('B');
    expect(attributeByAnchor(words, TURNS, { offsetSeconds: 0.2 })[1]).toBe('B');
  });

  it('knows nobody without turns', () => {
    expect(attributeByAnchor(words, [])).toEqual([null, null, null, null, null]);
  });
});
