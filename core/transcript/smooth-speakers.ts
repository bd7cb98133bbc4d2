import type { Segment } from '../timeline/turns.ts';
import type { SpeechByTime } from './speech-by-time.ts';

/** Words this far apart belong to one flow of speech. */
const MAX_NEIGHBOUR_GAP_SECONDS = 0.5;
/** How much of the stray word the other speaker must have been speaking too. */
const MIN_SPOKEN_SHARE = 0.5;
/** After these a new sentence begins, which may well be somebody else's. */
const SENTENCE_END = /[.?!…。？！]["'”’)\]]*$/u;

type TimedText = Segment & { readonly text: string };

/**
 * Gives a single stray word inside another's sentence back to that speaker, where the sound allows it.
 *
 * The rule: word B between two words of speaker A, no more than half a second from either and no sentence ending
 * before it or with it, goes to A if A's own turns, which may overlap with others', cover at least half of it. So a
 * "yes" that B says in a pause of A stays B's, and a word that only the choice between two simultaneous speakers
 * put to B does not tear A's sentence apart.
 *
 * @param words by start
 * @param speakers one a word, as attributed
 */
export function smoothSpeakers(
  words: readonly TimedText[],
  speakers: readonly (string | null)[],
  speech: SpeechByTime,
): (string | null)[] {
  const smoothed = [...speakers];
  for (let index = 1; index < words.length - 1; index++) {
    const speaker = smoothed[index - 1] ?? null;
    if (speaker === null || speakers[index] === speaker || speakers[index + 1] !== speaker) continue;
    const word = words[index]!;
    if (!flows(words[index - 1]!, word) || !flows(word, words[index + 1]!)) continue;
    const duration = word.endSeconds - word.startSeconds;
    if (speech.secondsOf(speaker, word) >= MIN_SPOKEN_SHARE * duration) smoothed[index] = speaker;
  }
  return smoothed;
}

function flows(before: TimedText, after: TimedText): boolean {
  return (
    after.startSeconds - before.endSeconds <= MAX_NEIGHBOUR_GAP_SECONDS && !SENTENCE_END.test(before.text)
  );
}
