import { describe, expect, it } from 'vitest';
import type { Utterance, Word } from '../../core/result/result.ts';
import { applyEdits } from '../../core/transcript/edits/apply-edits.ts';
import { resultFromUtterances } from '../../core/transcript/result-from-segments.ts';
import { editsOfHistory, historyOf, redo, undo, withStep } from '../../web/src/transcript/history.ts';
import { cursorAt, longestTurns, newLabel, passagesOf } from '../../web/src/transcript/passages.ts';
import { findMatches, replaceMatches } from '../../web/src/transcript/search.ts';
import { textEdit } from '../../web/src/transcript/text-edit.ts';

function utterance(start: number, words: readonly string[], join = ' '): Utterance {
  const timed = words.map((text, index): Word => ({
    text,
    speaker: 'A',
    startSeconds: start + index,
    endSeconds: start + index + 1,
  }));
  return {
    speaker: 'A',
    startSeconds: start,
    endSeconds: start + words.length,
    text: words.join(join),
    words: timed,
  };
}

const FIRST = utterance(0, ['the', 'cat', 'sat', 'on', 'the', 'mat']);
const SECOND = utterance(10, ['The', 'theatre', 'is', 'shut.']);
const BOTH = [FIRST, SECOND];
const ANY = { matchCase: false, wholeWords: false };

describe('a typed text as an edit', () => {
  it.each([
    ['one word', 'the dog sat on the mat', { from: 1, to: 2, text: 'dog' }],
    ['an insertion', 'the big cat sat on the mat', { from: 1, to: 1, text: 'big' }],
    ['a removal', 'the sat on the mat', { from: 1, to: 2, text: '' }],
    ['a longer word', 'the cats sat on the mat', { from: 1, to: 2, text: 'cats' }],
    ['the end', 'the cat sat', { from: 3, to: 6, text: '' }],
    ['everything', 'no', { from: 0, to: 6, text: 'no' }],
    ['nothing left', '  ', { from: 0, to: 6, text: '' }],
  ])('keeps the words around %s', (_what, text, expected) => {
    expect(textEdit(0, FIRST, text)).toEqual({ op: 'text', utterance: 0, ...expected });
  });

  it('is none where only spaces differ', () => {
    expect(textEdit(0, FIRST, ' the  cat\nsat on the mat ')).toBeUndefined();
  });

  it('cuts Chinese between characters', () => {
    const chinese = utterance(0, ['你', '好', '世', '界'], '');
    expect(textEdit(0, chinese, '你好中界')).toMatchObject({ from: 2, to: 3, text: '中' });
  });

  it.each(['the cat', 'a the cat sat on the mat b', 'x', 'the the the', 'cat mat sat', 'on the mat the cat'])(
    'makes the text %j',
    (text) => {
      const { result } = applyEdits(resultFromUtterances([FIRST]), [textEdit(0, FIRST, text)!]);
      expect(result.utterances[0]!.text).toBe(text);
    },
  );
});

describe('search', () => {
  it('finds in every spelling, in capitals as they are, or whole words', () => {
    expect(findMatches(BOTH, { text: 'the', ...ANY })).toHaveLength(4);
    expect(findMatches(BOTH, { text: 'the', matchCase: true, wholeWords: false })).toHaveLength(3);
    expect(findMatches(BOTH, { text: 'the', matchCase: false, wholeWords: true })).toHaveLength(3);
    expect(findMatches(BOTH, { text: 'cat sat', ...ANY })).toEqual([{ utterance: 0, start: 4, end: 11 }]);
  });

  it('takes signs as they are, and finds nothing for nothing', () => {
    expect(findMatches(BOTH, { text: 'shut.', ...ANY })).toHaveLength(1);
    expect(findMatches(BOTH, { text: '.*', ...ANY })).toEqual([]);
    expect(findMatches(BOTH, { text: ' ', ...ANY })).toEqual([]);
  });

  it('replaces every place, and words between keep their times', () => {
    const edits = replaceMatches(
      BOTH,
      findMatches(BOTH, { text: 'the', matchCase: false, wholeWords: true }),
      'one',
    );
    const { result, skipped } = applyEdits(resultFromUtterances(BOTH), edits);
    expect(skipped).toEqual([]);
    expect(result.utterances.map(({ text }) => text)).toEqual([
      'one cat sat on one mat',
      'one theatre is shut.',
    ]);
    expect(result.utterances[0]!.words[2]).toBe(FIRST.words[2]);
  });

  it('replaces two places in one word, and places that leave nothing', () => {
    const banana = [utterance(0, ['banana', 'x'])];
    const twice = replaceMatches(banana, findMatches(banana, { text: 'an', ...ANY }), 'AN');
    expect(applyEdits(resultFromUtterances(banana), twice).result.utterances[0]!.text).toBe('bANANa x');
    const none = replaceMatches(BOTH, findMatches(BOTH, { text: 'the', ...ANY }), '');
    expect(applyEdits(resultFromUtterances(BOTH), none).result.utterances.map(({ text }) => text)).toEqual([
      'cat sat on mat',
      'atre is shut.',
    ]);
  });
});

describe('what was done', () => {
  it('is undone and done again step by step, and forgotten after a new step', () => {
    const rename = { op: 'rename', speaker: 'A', name: 'Ana' } as const;
    const split = { op: 'split', utterance: 0, word: 1 } as const;
    let history = withStep(historyOf([rename]), [split, split]);
    expect(editsOfHistory(history)).toEqual([rename, split, split]);
    history = undo(history);
    expect(editsOfHistory(history)).toEqual([rename]);
    expect(editsOfHistory(redo(history))).toEqual([rename, split, split]);
    expect(redo(withStep(history, [rename])).steps).toHaveLength(2);
    expect(withStep(history, [])).toBe(history);
    expect(undo(undo(undo(history)))).toMatchObject({ steps: [] });
  });
});

describe('the cursor', () => {
  it('is on the last word that has begun', () => {
    expect(cursorAt(BOTH, 2.5)).toEqual({ passage: 0, word: 2 });
    expect(cursorAt(BOTH, 8)).toEqual({ passage: 0, word: 5 });
    expect(cursorAt(BOTH, 10)).toEqual({ passage: 1, word: 0 });
    expect(cursorAt([], 1)).toBeUndefined();
    expect(cursorAt([SECOND], 1)).toBeUndefined();
  });

  it('has passages where there are only turns', () => {
    const { utterances: _none, words: _words, ...turnsOnly } = resultFromUtterances(BOTH);
    expect(passagesOf(turnsOnly)).toMatchObject([
      { speaker: 'A', text: '', words: [] },
      { startSeconds: 10 },
    ]);
  });

  it('hears a speaker by their longest turns', () => {
    const turn = (speaker: string, startSeconds: number, endSeconds: number) => ({
      speaker,
      startSeconds,
      endSeconds,
    });
    const turns = [
      turn('A', 0, 1),
      turn('B', 1, 9),
      turn('A', 9, 12),
      turn('A', 12, 14),
      turn('A', 15, 15.5),
    ];
    expect(longestTurns(turns, 'A', 3).map(({ startSeconds }) => startSeconds)).toEqual([9, 12, 0]);
    expect(longestTurns(turns, 'C', 3)).toEqual([]);
  });

  it('names a new speaker as nobody is named', () => {
    expect(newLabel(['SPEAKER_00', 'SPEAKER_02'])).toBe('SPEAKER_03');
    expect(newLabel([])).toBe('SPEAKER_00');
  });
});
