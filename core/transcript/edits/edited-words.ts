import { splitText } from '../../text/split-text.ts';
import type { Word } from '../../result/result.ts';
import type { Segment } from '../../timeline/turns.ts';

/** A word that is put in where there is no room gets this, so that it can be played. */
const MIN_WORD_SECONDS = 0.02;

/**
 * The words of a text that was typed, over the time of the words that it replaces: each gets a share by its length.
 *
 * They have no confidence: a person said what they are.
 */
export function typedWords(text: string, span: Segment, speaker: string | null): Word[] {
  const words = splitText(text.trim()).filter(({ text: own }) => own !== '');
  const lengths = words.map(({ text: own }) => Array.from(own).length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const secondsPerCharacter = (span.endSeconds - span.startSeconds) / Math.max(1, total);
  let before = 0;
  return words.map((word, index) => {
    const startSeconds = span.startSeconds + before * secondsPerCharacter;
    before += lengths[index]!;
    const isLast = index === words.length - 1;
    const endSeconds = isLast ? span.endSeconds : span.startSeconds + before * secondsPerCharacter;
    return { ...word, startSeconds, endSeconds, speaker };
  });
}

/**
 * The time that a correction of the words [from, to) has: theirs, or the gap before word `from` where it only puts
 * something in.
 */
export function spanOfWords(words: readonly Word[], from: number, to: number, whole: Segment): Segment {
  if (to > from) {
    const replaced = words.slice(from, to);
    return {
      startSeconds: replaced[0]!.startSeconds,
      endSeconds: replaced.reduce((end, word) => Math.max(end, word.endSeconds), -Infinity),
    };
  }
  const startSeconds = words[from - 1]?.endSeconds ?? whole.startSeconds;
  const endSeconds = words[from]?.startSeconds ?? whole.endSeconds;
  return { startSeconds, endSeconds: Math.max(endSeconds, startSeconds + MIN_WORD_SECONDS) };
}
