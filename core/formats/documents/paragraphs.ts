import type { TranscriptResult, Utterance } from '../../result/result.ts';
import { sentenceParts } from '../../transcript/sentence-parts.ts';

/** What one speaker says until another one does, or until it gets long. */
export type Paragraph = {
  readonly speaker: string | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly utterances: readonly Utterance[];
};

/** A lecture without paragraphs is hard to read, and its time is hard to find. */
const LONG_SECONDS = 60;

/**
 * Consecutive utterances of the same speaker together. A paragraph that has lasted a minute ends with the utterance or
 * the sentence.
 */
export function paragraphsOf(result: TranscriptResult): Paragraph[] {
  const paragraphs: { speaker: string | null; startSeconds: number; utterances: Utterance[] }[] = [];
  for (const utterance of result.utterances.flatMap((each) => sentenceParts(each, LONG_SECONDS))) {
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
