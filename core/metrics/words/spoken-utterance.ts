import type { Segment } from '../../timeline/turns.ts';

/** What one speaker says in one go, for metrics that count words by speaker. */
export type SpokenUtterance = Segment & {
  readonly speaker: string;
  readonly words: readonly string[];
  /** One segment a word, where word times are known. */
  readonly wordTimes?: readonly Segment[];
};

/** A word with its speaker and time. */
export type SpokenWord = Segment & { readonly text: string; readonly speaker: string };

/**
 * Where words get their times from:
 * `given` – from `wordTimes`;
 * `spread` – the utterance is divided among its words by their count of characters;
 * `given-middle`, `spread-middle` – the same, then each word is the point in the middle of its time (what meeteval
 * does with hypotheses).
 */
export const WORD_TIMINGS = ['given', 'spread', 'given-middle', 'spread-middle'] as const;
export type WordTiming = (typeof WORD_TIMINGS)[number];

/** Utterances by start; those that start together keep their order. */
export function inOrder(utterances: readonly SpokenUtterance[]): SpokenUtterance[] {
  return utterances.toSorted((a, b) => a.startSeconds - b.startSeconds);
}

/** The items of each speaker, speakers by first appearance. */
export function bySpeaker<T extends { readonly speaker: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.speaker);
    if (group) group.push(item);
    else groups.set(item.speaker, [item]);
  }
  return groups;
}

/** The words of an utterance with times; with `given` where there are none, with times spread over the utterance. */
export function timedWords(utterance: SpokenUtterance, timing: WordTiming): SpokenWord[] {
  const given = timing === 'given' || timing === 'given-middle' ? utterance.wordTimes : undefined;
  const times = given ?? spreadTimes(utterance);
  const middle = timing === 'given-middle' || timing === 'spread-middle';
  return utterance.words.map((text, index) => {
    const time = times[index]!;
    const point = (time.endSeconds + time.startSeconds) / 2;
    return {
      text,
      speaker: utterance.speaker,
      startSeconds: middle ? point : time.startSeconds,
      endSeconds: middle ? point : time.endSeconds,
    };
  });
}

/** The utterance divided among its words in proportion to their characters. */
function spreadTimes({ words, startSeconds, endSeconds }: SpokenUtterance): Segment[] {
  if (words.length === 1) return [{ startSeconds, endSeconds }];
  const lengths = words.map((word) => Array.from(word).length);
  const secondsPerCharacter = (endSeconds - startSeconds) / lengths.reduce((sum, length) => sum + length, 0);
  let characters = 0;
  return lengths.map((length) => {
    const start = characters;
    characters += length;
    return {
      startSeconds: startSeconds + secondsPerCharacter * start,
      endSeconds: startSeconds + secondsPerCharacter * characters,
    };
  });
}
