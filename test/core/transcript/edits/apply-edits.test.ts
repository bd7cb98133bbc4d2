import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../support/pinned-seed.ts';
import type { Edit } from '../../../../core/result/edit.ts';
import type { TranscriptResult, Word } from '../../../../core/result/result.ts';
import { applyEdits } from '../../../../core/transcript/edits/apply-edits.ts';
import { resultFromUtterances, resultFromTurns } from '../../../../core/transcript/result-from-segments.ts';
import { renderResult } from '../../../../core/formats/index.ts';
import { editListSchema } from '../../../../sdk/contract/results/edits.ts';
import { anyTranscript } from '../../../support/any-transcript.ts';

function said(
  speaker: string | null,
  start: number,
  text: string,
): Parameters<typeof resultFromUtterances>[0] {
  const words = text.split(' ').map((each, index): Word => ({
    text: each,
    speaker,
    startSeconds: start + index,
    endSeconds: start + index + 1,
    confidence: 0.9,
  }));
  return [{ speaker, startSeconds: start, endSeconds: start + words.length, text, words }];
}

const RESULT = resultFromUtterances([
  ...said('A', 0, 'we meet on monday'),
  ...said('B', 5, 'no tuesday'),
  ...said('A', 8, 'fine'),
]);

const edit = (...edits: Edit[]): TranscriptResult => {
  const { result, skipped } = applyEdits(RESULT, edits);
  expect(skipped).toEqual([]);
  return result;
};
const lines = ({ utterances }: TranscriptResult): string[] =>
  utterances.map(({ speaker, text }) => `${speaker}: ${text}`);

describe('edits of a transcript', () => {
  it('name a speaker in every export, and take the name away again', async () => {
    const named = edit({ op: 'rename', speaker: 'A', name: ' Ana ' });
    expect(named.speakers).toMatchObject([{ label: 'A', name: 'Ana' }, { label: 'B' }]);
    expect(await renderResult(named, 'srt')).toContain('Ana');
    expect(
      edit({ op: 'rename', speaker: 'A', name: 'Ana' }, { op: 'rename', speaker: 'A', name: '' }).speakers,
    ).toEqual(RESULT.speakers);
  });

  it('make one person of two labels, with their turns and time', () => {
    const { speakers, turns, utterances } = edit({ op: 'merge', from: 'B', into: 'A' });
    expect(speakers).toMatchObject([{ label: 'A', speakingSeconds: 7, wordCount: 7 }]);
    expect(new Set(turns.map(({ speaker }) => speaker))).toEqual(new Set(['A']));
    expect(utterances.every(({ words }) => words.every(({ speaker }) => speaker === 'A'))).toBe(true);
  });

  it('give words to somebody else, who may be new, and turns follow', () => {
    const result = edit({ op: 'assign', utterance: 0, from: 2, to: 4, speaker: 'C' });
    expect(lines(result)).toEqual(['A: we meet', 'C: on monday', 'B: no tuesday', 'A: fine']);
    expect(result.turns).toContainEqual({ startSeconds: 2, endSeconds: 4, speaker: 'C' });
    expect(result.turns).toContainEqual({ startSeconds: 0, endSeconds: 2, speaker: 'A' });
    expect(result.speakers.map(({ label, speakingSeconds }) => [label, speakingSeconds])).toEqual([
      ['A', 3],
      ['B', 2],
      ['C', 2],
    ]);
  });

  it('let a speaker go who says nothing any more', () => {
    const { speakers, turns } = edit({ op: 'assign', utterance: 1, speaker: 'A' });
    expect(speakers.map(({ label }) => label)).toEqual(['A']);
    expect(turns.map(({ speaker }) => speaker)).not.toContain('B');
  });

  it('correct words, which share the time of those before by their lengths', () => {
    const { utterances } = edit({ op: 'text', utterance: 0, from: 3, to: 4, text: 'a holiday' });
    expect(utterances[0]!.text).toBe('we meet on a holiday');
    expect(utterances[0]!.words.slice(3)).toEqual([
      { text: 'a', speaker: 'A', startSeconds: 3, endSeconds: 3.125 },
      { text: 'holiday', speaker: 'A', startSeconds: 3.125, endSeconds: 4 },
    ]);
  });

  it('put words in, remove them, and remove an utterance with its last word', () => {
    expect(edit({ op: 'text', utterance: 1, from: 0, to: 0, text: 'oh' }).utterances[1]!.text).toBe(
      'oh no tuesday',
    );
    expect(edit({ op: 'text', utterance: 1, from: 0, to: 1, text: '' }).utterances[1]!.text).toBe('tuesday');
    expect(lines(edit({ op: 'text', utterance: 1, from: 0, to: 2, text: ' ' }))).toEqual([
      'A: we meet on monday',
      'A: fine',
    ]);
  });

  it('split, and join what was split to what it was', () => {
    const split = edit({ op: 'split', utterance: 0, word: 2 });
    expect(lines(split).slice(0, 2)).toEqual(['A: we meet', 'A: on monday']);
    const joined = edit({ op: 'split', utterance: 0, word: 2 }, { op: 'join', utterance: 1 });
    expect(joined.utterances).toEqual(RESULT.utterances);
    expect(lines(edit({ op: 'join', utterance: 1 }))).toEqual(['A: we meet on monday no tuesday', 'A: fine']);
  });

  it('leave what they do not touch the same object, and the result they came from as it was', () => {
    const before = structuredClone(RESULT);
    const { utterances } = edit({ op: 'text', utterance: 0, from: 0, to: 1, text: 'they' });
    expect(utterances[1]).toBe(RESULT.utterances[1]);
    expect(RESULT).toEqual(before);
  });

  it.each<[string, Edit]>([
    ['a speaker that is not there', { op: 'rename', speaker: 'X', name: 'x' }],
    ['a merge with oneself', { op: 'merge', from: 'A', into: 'A' }],
    ['an utterance beyond the last', { op: 'join', utterance: 9 }],
    ['nothing before the first', { op: 'join', utterance: 0 }],
    ['words beyond the last', { op: 'text', utterance: 0, from: 2, to: 9, text: 'x' }],
    ['a range turned round', { op: 'assign', utterance: 0, from: 3, to: 1, speaker: 'B' }],
    ['a border as a cut', { op: 'split', utterance: 0, word: 0 }],
    ['half a word', { op: 'split', utterance: 0, word: 1.5 }],
  ])('skip and report %s', (_what, wrong) => {
    const { result, skipped } = applyEdits(RESULT, [wrong, { op: 'rename', speaker: 'B', name: 'Ben' }]);
    expect(skipped).toEqual([{ index: 0, reason: expect.stringMatching(/\.$/) as string }]);
    expect(result.speakers[1]!.name).toBe('Ben');
  });

  it('work on turns without words', () => {
    const turns = resultFromTurns(RESULT.turns);
    const { result, skipped } = applyEdits(turns, [
      { op: 'merge', from: 'B', into: 'A' },
      { op: 'split', utterance: 0, word: 1 },
    ]);
    expect(result.speakers).toMatchObject([{ label: 'A', speakingSeconds: 7 }]);
    expect(skipped).toHaveLength(1);
  });
});

describe('whatever the edits', () => {
  const small = fc.nat(6);
  const label = fc.constantFrom('a', 'b', 'c', 'new');
  const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ op: fc.constant('rename' as const), speaker: label, name: fc.string({ maxLength: 5 }) }),
    fc.record({ op: fc.constant('merge' as const), from: label, into: label }),
    fc.record({
      op: fc.constant('assign' as const),
      utterance: small,
      from: small,
      to: small,
      speaker: label,
    }),
    fc.record({ op: fc.constant('assign' as const), utterance: small, speaker: label }),
    fc.record({
      op: fc.constant('text' as const),
      utterance: small,
      from: small,
      to: small,
      text: fc.constantFrom('', 'one', 'two words', '你好 x'),
    }),
    fc.record({ op: fc.constant('split' as const), utterance: small, word: small }),
    fc.record({ op: fc.constant('join' as const), utterance: small }),
  );

  it('words stay in order and in one utterance each, and everybody who speaks is listed', () => {
    fc.assert(
      fc.property(
        anyTranscript(fc.constantFrom('a', 'b', 'c')),
        fc.array(anyEdit, { maxLength: 12 }),
        (before, edits) => {
          const { result, skipped } = applyEdits(before, edits);
          expect(editListSchema.safeParse({ edits }).success).toBe(true);
          expect(skipped.length).toBeLessThanOrEqual(edits.length);
          const starts = result.words.map(({ startSeconds }) => startSeconds);
          expect(starts).toEqual(starts.toSorted((a, b) => a - b));
          expect(new Set(result.words)).toEqual(new Set(result.utterances.flatMap(({ words }) => words)));
          const labels = new Set(result.speakers.map((speaker) => speaker.label));
          for (const { speaker, words, startSeconds, endSeconds } of result.utterances) {
            expect(words.every((word) => word.speaker === speaker)).toBe(true);
            expect(endSeconds).toBeGreaterThanOrEqual(startSeconds);
            if (speaker !== null) expect(labels).toContain(speaker);
          }
          for (const turn of result.turns) {
            expect(labels).toContain(turn.speaker);
            expect(turn.endSeconds).toBeGreaterThan(turn.startSeconds);
          }
          expect(applyEdits(before, edits).result).toEqual(result);
        },
      ),
      { numRuns: 300 },
    );
  });
});
