import { isAttached, joinWords } from '../text/join-words.ts';
import type { Utterance, Word } from '../result/result.ts';

export type UtteranceOptions = {
  /** A longer silence between two words of a speaker begins a new utterance. */
  readonly maxPauseSeconds: number;
};

export const DEFAULT_UTTERANCE_OPTIONS: UtteranceOptions = Object.freeze({
  // Breaths within a sentence stay below this; longer silences end a paragraph of speech.
  maxPauseSeconds: 1,
});

/** Groups words into utterances: a new one begins where the speaker changes or after a long pause. */
export function groupUtterances(
  words: readonly Word[],
  options: UtteranceOptions = DEFAULT_UTTERANCE_OPTIONS,
): Utterance[] {
  const utterances: Utterance[] = [];
  let first = 0;
  for (let end = 1; end <= words.length; end++) {
    if (end < words.length && belongTogether(words[end - 1]!, words[end]!, options)) continue;
    utterances.push(utteranceOf(words.slice(first, end)));
    first = end;
  }
  return utterances;
}

function belongTogether(before: Word, after: Word, { maxPauseSeconds }: UtteranceOptions): boolean {
  if (before.speaker !== after.speaker) return false;
  return after.startSeconds - before.endSeconds <= maxPauseSeconds || isAttached(after, before);
}

/** @param words of one speaker, at least one */
function utteranceOf(words: readonly Word[]): Utterance {
  return {
    speaker: words[0]!.speaker,
    startSeconds: words[0]!.startSeconds,
    endSeconds: words.reduce((latest, { endSeconds }) => Math.max(latest, endSeconds), -Infinity),
    text: joinWords(words),
    words,
    ...(words.some(({ overlapped }) => overlapped) ? { overlapped: true } : {}),
  };
}
