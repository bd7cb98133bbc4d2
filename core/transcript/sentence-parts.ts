import { isAttached, joinWords } from '../text/join-words.ts';
import type { Utterance, Word } from '../result/result.ts';

/** Where a part may end within an utterance. */
const SENTENCE_END = /[.?!…。？！]["'”’)\]]*$/u;

/**
 * An utterance in parts that end with a sentence, each at least `minSeconds` long but for the last; as it is where its
 * words have no times.
 */
export function sentenceParts(utterance: Utterance, minSeconds: number): Utterance[] {
  const { words } = utterance;
  const parts: Utterance[] = [];
  let first = 0;
  for (let end = 1; end <= words.length; end++) {
    const last = words[end - 1]!;
    const isLong = last.endSeconds - words[first]!.startSeconds >= minSeconds;
    if (end < words.length && !(isLong && endsSentence(last, words[end]!))) continue;
    if (first === 0 && end === words.length) break;
    const own = words.slice(first, end);
    parts.push({
      ...utterance,
      text: joinWords(own),
      words: own,
      startSeconds: own[0]!.startSeconds,
      endSeconds: last.endSeconds,
    });
    first = end;
  }
  return parts.length > 0 ? parts : [utterance];
}

function endsSentence(last: Word, next: Word): boolean {
  return SENTENCE_END.test(last.text) && !isAttached(next, last);
}
