import type { Segment } from '../../timeline/turns.ts';
import type { Utterance, Word } from '../../result/result.ts';

/** The words of an utterance without word times, its time divided among them by their lengths. */
export function spreadWords(utterance: Utterance): Word[] {
  const texts = utterance.text.split(/\s+/).filter((text) => text !== '');
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  let passed = 0;
  return texts.map((text) => {
    const startSeconds = timeAt(utterance, passed / total);
    passed += text.length;
    return { text, speaker: utterance.speaker, startSeconds, endSeconds: timeAt(utterance, passed / total) };
  });
}

function timeAt({ startSeconds, endSeconds }: Segment, share: number): number {
  return startSeconds + (endSeconds - startSeconds) * share;
}
