import type { TranscriptResult, Utterance } from '../transcript/result.ts';

/** What one speaker says until another one does. */
export type Paragraph = {
  readonly speaker: string | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly utterances: readonly Utterance[];
};

/** Consecutive utterances of the same speaker together. */
export function paragraphsOf(result: TranscriptResult): Paragraph[] {
  const paragraphs: { speaker: string | null; utterances: Utterance[] }[] = [];
  for (const utterance of result.utterances) {
    const last = paragraphs.at(-1);
    if (last?.speaker === utterance.speaker) last.utterances.push(utterance);
    else paragraphs.push({ speaker: utterance.speaker, utterances: [utterance] });
  }
  return paragraphs.map(({ speaker, utterances }) => ({
    speaker,
    utterances,
    startSeconds: utterances[0]!.startSeconds,
    endSeconds: utterances.reduce((end, utterance) => Math.max(end, utterance.endSeconds), 0),
  }));
}
