import type { TranscriptResult, Utterance, Word } from '../../result/result.ts';
import { joinWords, spacedWords } from '../../text/join-words.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { singleLine } from '../writing/single-line.ts';

/** Pauses that are shorter are not timed but written (.). */
const MICRO_PAUSE_SECONDS = 0.2;

/** Writes the words of a transcript with marks of its pauses and overlaps. */
export type MarkedText = {
  /** The text of an utterance, with the pauses inside it. */
  readonly utterance: (utterance: Utterance) => string;
  /** The mark of the pause after the utterance's last word, or nothing. */
  readonly pauseAfter: (utterance: Utterance) => string;
};

/**
 * Text in the manner of conversation analysis: (.) for a pause too short to be timed, (1.5) for seconds, [brackets]
 * around words that overlap another speaker's.
 *
 * @see G. Jefferson, "Glossary of transcript symbols with an introduction", 2004
 */
export function jeffersonText(result: TranscriptResult): MarkedText {
  const marks = new Map(
    result.pauses.map((pause) => {
      const word = result.words[pause.afterWord];
      return [word === undefined ? '' : keyOf(word), pauseMark(pause.endSeconds - pause.startSeconds)];
    }),
  );
  return {
    utterance: (utterance) => {
      if (utterance.words.length === 0) return singleLine(utterance.text);
      return joinWords(
        spacedWords(utterance.words).flatMap((word, index) => {
          const before = utterance.words[index - 1];
          const mark = before === undefined ? undefined : marks.get(keyOf(before));
          const text = withOverlapBrackets(utterance.words, index);
          if (mark === undefined) return [{ text, spaceBefore: word.spaceBefore }];
          return [mark, text].map((part) => ({ text: part, spaceBefore: true }));
        }),
      );
    },
    pauseAfter: (utterance) => {
      const last = utterance.words.at(-1);
      return last === undefined ? '' : (marks.get(keyOf(last)) ?? '');
    },
  };
}

/** Text as it is, without marks. */
export function plainMarkedText(): MarkedText {
  return { utterance: (utterance) => singleLine(utterance.text), pauseAfter: () => '' };
}

function pauseMark(seconds: number): string {
  return seconds < MICRO_PAUSE_SECONDS ? '(.)' : `(${formatFixed(seconds, 1)})`;
}

/** A bracket before the first and after the last of consecutive overlapped words. */
function withOverlapBrackets(words: readonly Word[], index: number): string {
  const word = words[index]!;
  const text = singleLine(word.text);
  if (!word.overlapped) return text;
  const opens = words[index - 1]?.overlapped ? '' : '[';
  const closes = words[index + 1]?.overlapped ? '' : ']';
  return opens + text + closes;
}

/** The same word in `words` and in its utterance. */
function keyOf(word: Word): string {
  return `${word.startSeconds} ${word.endSeconds} ${word.speaker ?? ''} ${word.text}`;
}
