import { roundHalfEven } from '../../timeline/sliding-window.ts';
import type { WhisperSegment, WhisperWord } from './whisper-segment.ts';
import { MEL_FRAMES_PER_SECOND } from './window-segments.ts';

const PUNCTUATION = '"\'“¿([{-"\'.。,，!！?？:：”)]}、';
/** Words of a segment that are looked at. */
const MOST_WORDS = 8;

/** The window that segments come from, and what is known around it. All in seconds. */
export type WindowContext = {
  readonly startSeconds: number;
  /** Where 30 s would end, beyond the sound perhaps. */
  readonly endSeconds: number;
  /** Where its sound ends. */
  readonly contentEndSeconds: number;
  readonly recordingSeconds: number;
  readonly lastSpeechSeconds: number;
  readonly thresholdSeconds: number;
};

/** Where to go on instead, and how many segments are kept. */
export type HallucinationVerdict = {
  readonly seek: number | undefined;
  readonly keptCount: number;
  /** The window is read again from `seek` on, nothing of it is kept. */
  readonly rereads: boolean;
};

/**
 * Finds text that was probably made up, by its improbable words with odd lengths, next to silence longer than a
 * threshold: the silence is passed over and the window read again behind it.
 *
 * @see openai-whisper `transcribe`, `hallucination_silence_threshold`
 */
export function judgeHallucinations(
  segments: readonly WhisperSegment[],
  context: WindowContext,
): HallucinationVerdict {
  const { startSeconds, thresholdSeconds } = context;
  const first = segments.find(hasWords);
  if (first !== undefined && isAnomalous(first)) {
    const gap = first.startSeconds - startSeconds;
    if (gap > thresholdSeconds) {
      const seek =
        roundHalfEven(startSeconds * MEL_FRAMES_PER_SECOND) + roundHalfEven(gap * MEL_FRAMES_PER_SECOND);
      return { seek, keptCount: 0, rereads: true };
    }
  }
  let lastEnd = context.lastSpeechSeconds;
  for (const [index, segment] of segments.entries()) {
    if (!hasWords(segment)) continue;
    if (isAnomalous(segment)) {
      const next = segments.slice(index + 1).find(hasWords);
      if (isAmidSilence(segment, next, lastEnd, context)) {
        return { seek: seekBehind(segment, context), keptCount: index, rereads: false };
      }
    }
    lastEnd = segment.endSeconds;
  }
  return { seek: undefined, keptCount: segments.length, rereads: false };
}

function hasWords(segment: WhisperSegment): boolean {
  return segment.words.length > 0;
}

function isAmidSilence(
  segment: WhisperSegment,
  next: WhisperSegment | undefined,
  lastEnd: number,
  { startSeconds, endSeconds, contentEndSeconds, thresholdSeconds }: WindowContext,
): boolean {
  const nextStart = next?.words[0]!.startSeconds ?? contentEndSeconds;
  const silenceBefore =
    segment.startSeconds - lastEnd > thresholdSeconds ||
    segment.startSeconds < thresholdSeconds ||
    segment.startSeconds - startSeconds < 2;
  const silenceAfter =
    nextStart - segment.endSeconds > thresholdSeconds ||
    (next !== undefined && isAnomalous(next)) ||
    endSeconds - segment.endSeconds < 2;
  return silenceBefore && silenceAfter;
}

/** Reads again from the made-up segment on, at least a second further; not at all near the end of the recording. */
function seekBehind(segment: WhisperSegment, context: WindowContext): number {
  if (context.recordingSeconds - segment.endSeconds < context.thresholdSeconds) {
    return Math.round(context.recordingSeconds * MEL_FRAMES_PER_SECOND);
  }
  return roundHalfEven(Math.max(context.startSeconds + 1, segment.startSeconds) * MEL_FRAMES_PER_SECOND);
}

function isAnomalous(segment: WhisperSegment): boolean {
  const words = segment.words.filter(({ text }) => !PUNCTUATION.includes(text)).slice(0, MOST_WORDS);
  const score = words.reduce((sum, word) => sum + anomalyOf(word), 0);
  return score >= 3 || score + 0.01 >= words.length;
}

/** Improbable, very short and very long words score. */
function anomalyOf({ startSeconds, endSeconds, probability }: WhisperWord): number {
  const seconds = endSeconds - startSeconds;
  let score = probability < 0.15 ? 1 : 0;
  if (seconds < 0.133) score += (0.133 - seconds) * 15;
  if (seconds > 2) score += seconds - 2;
  return score;
}
