import type { Segment } from '../../timeline/turns.ts';
import type { Utterance, Word } from '../../result/result.ts';
import { splitText } from '../../text/split-text.ts';

/** The words of an utterance without word times, its time divided among them by their lengths. */
export function spreadWords(utterance: Utterance): Word[] {
  const words = splitText(utterance.text);
  const total = words.reduce((sum, { text }) => sum + text.length, 0);
  let passed = 0;
  return words.map(({ text, ...spacing }) => {
    const startSeconds = timeAt(utterance, passed / total);
    passed += text.length;
    const endSeconds = timeAt(utterance, passed / total);
    return { text, ...spacing, speaker: utterance.speaker, startSeconds, endSeconds };
  });
}

function timeAt({ startSeconds, endSeconds }: Segment, share: number): number {
  return startSeconds + (endSeconds - startSeconds) * share;
}
