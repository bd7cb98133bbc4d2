import { type DraftWord, mergePunctuation } from '../tokens/merge-punctuation.ts';
import type { WhisperSegment, WhisperWord } from '../whisper-segment.ts';

const SENTENCE_ENDS = '.。!！?？';
/** Nothing is learnt from slow speech: a typical word is at most so long. */
const MOST_MEDIAN_SECONDS = 0.7;
/** Segment times win over word times that differ by more. */
const TOLERANCE_SECONDS = 0.5;

/** How long words usually are here; both 0 where no word takes time. */
type UsualLength = { readonly median: number; readonly most: number };

/**
 * Gives each segment its words and corrects the times of both, in place: long words at the ends of sentences are cut,
 * punctuation joins its word, the first words after a pause are moved out of it, and segment times that are more
 * plausible than those of their outer words replace them.
 *
 * @param alignment words of all segments, in seconds of the window; consumed
 * @param offsetSeconds where the window begins
 * @param lastSpeechSeconds end of speech before these segments
 * @param textLength how many text tokens a segment has
 * @see openai-whisper `timing.add_word_timestamps`
 */
export function addWordTimestamps(
  segments: readonly WhisperSegment[],
  alignment: readonly DraftWord[],
  offsetSeconds: number,
  lastSpeechSeconds: number,
  textLength: (segment: WhisperSegment) => number,
): void {
  const usual = usualLength(alignment);
  cutSentenceEnds(alignment, usual);
  mergePunctuation(alignment);
  let next = 0;
  let lastSpeech = lastSpeechSeconds;
  for (const segment of segments) {
    const wanted = textLength(segment);
    const words: WhisperWord[] = [];
    for (let taken = 0; next < alignment.length && taken < wanted; next++) {
      const word = alignment[next]!;
      taken += word.tokens.length;
      if (word.text !== '') words.push(placed(word, offsetSeconds));
    }
    segment.words = words;
    if (words.length === 0) continue;
    shortenAfterPause(words, lastSpeech, usual);
    agreeOnStart(segment, words[0]!, usual);
    agreeOnEnd(segment, words.at(-1)!, usual);
    lastSpeech = segment.endSeconds;
  }
}

function usualLength(words: readonly DraftWord[]): UsualLength {
  const lengths = words
    .map(({ startSeconds, endSeconds }) => endSeconds - startSeconds)
    .filter((length) => length !== 0)
    .toSorted((a, b) => a - b);
  if (lengths.length === 0) return { median: 0, most: 0 };
  const upper = lengths[lengths.length >> 1]!;
  const middle = lengths.length % 2 === 1 ? upper : (lengths[(lengths.length >> 1) - 1]! + upper) / 2;
  const median = Math.min(MOST_MEDIAN_SECONDS, middle);
  return { median, most: median * 2 };
}

/** Pauses go to the punctuation at the end of a sentence or to the first word after it; neither is that long. */
function cutSentenceEnds(words: readonly DraftWord[], { most }: UsualLength): void {
  if (most === 0) return;
  for (let index = 1; index < words.length; index++) {
    const word = words[index]!;
    if (word.endSeconds - word.startSeconds <= most) continue;
    if (SENTENCE_ENDS.includes(word.text)) word.endSeconds = word.startSeconds + most;
    else if (SENTENCE_ENDS.includes(words[index - 1]!.text)) word.startSeconds = word.endSeconds - most;
  }
}

function placed(word: DraftWord, offsetSeconds: number): WhisperWord {
  const { text, startSeconds, endSeconds, probability } = word;
  return {
    text,
    startSeconds: roundToHundredths(offsetSeconds + startSeconds),
    endSeconds: roundToHundredths(offsetSeconds + endSeconds),
    probability,
  };
}

function roundToHundredths(seconds: number): number {
  return Number(seconds.toFixed(2));
}

/** The first and second word after a pause are not much longer than usual: what is too much is the pause. */
function shortenAfterPause(
  words: readonly WhisperWord[],
  lastSpeechSeconds: number,
  { median, most }: UsualLength,
): void {
  const first = words[0]!;
  const second = words[1];
  if (first.endSeconds - lastSpeechSeconds <= median * 4) return;
  const tooLong =
    first.endSeconds - first.startSeconds > most ||
    (second !== undefined && second.endSeconds - first.startSeconds > most * 2);
  if (!tooLong) return;
  if (second !== undefined && second.endSeconds - second.startSeconds > most) {
    const boundary = Math.max(second.endSeconds / 2, second.endSeconds - most);
    first.endSeconds = boundary;
    second.startSeconds = boundary;
  }
  first.startSeconds = Math.max(0, first.endSeconds - most);
}

function agreeOnStart(segment: WhisperSegment, first: WhisperWord, { median }: UsualLength): void {
  const { startSeconds } = segment;
  if (startSeconds < first.endSeconds && startSeconds - TOLERANCE_SECONDS > first.startSeconds) {
    first.startSeconds = Math.max(0, Math.min(first.endSeconds - median, startSeconds));
  } else {
    segment.startSeconds = first.startSeconds;
  }
}

function agreeOnEnd(segment: WhisperSegment, last: WhisperWord, { median }: UsualLength): void {
  const { endSeconds } = segment;
  if (endSeconds > last.startSeconds && endSeconds + TOLERANCE_SECONDS < last.endSeconds) {
    last.endSeconds = Math.max(last.startSeconds + median, endSeconds);
  } else {
    segment.endSeconds = last.endSeconds;
  }
}
