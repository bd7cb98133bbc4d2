import { isAttached, joinWords } from '../../text/join-words.ts';
import type { TranscriptResult, Utterance, Word } from '../../result/result.ts';

/** What one speaker says until another one does, or until it gets long. */
export type Paragraph = {
  readonly speaker: string | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly utterances: readonly Utterance[];
};

/** A lecture without paragraphs is hard to read, and its time is hard to find. */
const LONG_SECONDS = 60;

/** Where a paragraph may end within an utterance. */
const SENTENCE_END = /[.?!…。？！]["'”’)\]]*$/u;

/**
 * Consecutive utterances of the same speaker together. A paragraph that has lasted a minute ends with the utterance or
 * the sentence.
 */
export function paragraphsOf(result: TranscriptResult): Paragraph[] {
  const paragraphs: { speaker: string | null; startSeconds: number; utterances: Utterance[] }[] = [];
  for (const utterance of result.utterances.flatMap(atSentences)) {
    const { speaker, startSeconds } = utterance;
    const last = paragraphs.at(-1);
    const goesOn = last?.speaker === speaker && startSeconds - last.startSeconds < LONG_SECONDS;
    if (goesOn) last.utterances.push(utterance);
    else paragraphs.push({ speaker, startSeconds, utterances: [utterance] });
  }
  return paragraphs.map((paragraph) => ({
    ...paragraph,
    endSeconds: paragraph.utterances.reduce((end, { endSeconds }) => Math.max(end, endSeconds), 0),
  }));
}

/** A long utterance in parts that end with a sentence; as it is where its words have no times. */
function atSentences(utterance: Utterance): Utterance[] {
  const { words } = utterance;
  const parts: Utterance[] = [];
  let first = 0;
  for (let end = 1; end <= words.length; end++) {
    const last = words[end - 1]!;
    const isLong = last.endSeconds - words[first]!.startSeconds >= LONG_SECONDS;
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
