import type { Pause, Word } from '../result/result.ts';

/** Pauses that are heard as such; gaps between words below are part of fluent speech. */
export const DEFAULT_PAUSE_SECONDS = 0.5;

/**
 * Silences between words that last at least `thresholdSeconds`. A pause ends at the first word after it and begins
 * where the last of all words before it ends, whoever says it.
 *
 * @param words by start
 */
export function findPauses(words: readonly Word[], thresholdSeconds = DEFAULT_PAUSE_SECONDS): Pause[] {
  const pauses: Pause[] = [];
  let last = 0;
  for (let index = 1; index < words.length; index++) {
    const before = words[last]!;
    const after = words[index]!;
    if (after.startSeconds - before.endSeconds >= thresholdSeconds) {
      pauses.push({
        startSeconds: before.endSeconds,
        endSeconds: after.startSeconds,
        afterWord: last,
        speakerBefore: before.speaker,
        speakerAfter: after.speaker,
      });
    }
    if (after.endSeconds >= before.endSeconds) last = index;
  }
  return pauses;
}
