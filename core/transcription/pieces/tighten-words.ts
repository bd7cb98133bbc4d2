import type { Segment } from '../../timeline/turns.ts';

/**
 * Cuts words down to the speech in them: attention gives the silence of a pause to the word next to it.
 *
 * A word keeps the longest stretch of speech that it meets, the first of equals; one that meets none stays as it is.
 * Words that share a moment are parted where the later one begins.
 *
 * @param words by start
 * @param speech by start, without overlap
 */
export function tightenWords<W extends Segment>(words: readonly W[], speech: readonly Segment[]): W[] {
  const tight = words.map((word) => ({ ...word, ...(longestSpeech(word, speech) ?? {}) }));
  return tight.map((word, index) => {
    const nextStart = tight[index + 1]?.startSeconds ?? Infinity;
    return word.endSeconds <= nextStart
      ? word
      : { ...word, endSeconds: Math.max(word.startSeconds, nextStart) };
  });
}

function longestSpeech(word: Segment, speech: readonly Segment[]): Segment | undefined {
  let longest: Segment | undefined;
  for (const segment of speech) {
    const startSeconds = Math.max(word.startSeconds, segment.startSeconds);
    const endSeconds = Math.min(word.endSeconds, segment.endSeconds);
    const least = longest === undefined ? 0 : longest.endSeconds - longest.startSeconds;
    if (endSeconds - startSeconds > least) longest = { startSeconds, endSeconds };
  }
  return longest;
}
