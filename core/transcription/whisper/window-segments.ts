import type { WindowDecode } from './decode/decode-window.ts';
import type { WhisperSegment } from './whisper-segment.ts';
import type { WhisperTokenizer } from './tokens/whisper-tokenizer.ts';

/** Mel frames a second. */
export const MEL_FRAMES_PER_SECOND = 100;
/** A timestamp step is one encoder frame, two mel frames. */
const MEL_FRAMES_PER_TIMESTAMP = 2;
const SECONDS_PER_TIMESTAMP = 0.02;

/** Where a window lies in the recording, in mel frames. */
export type WindowPlace = { readonly seek: number; readonly frameCount: number };

export type WindowSegments = {
  readonly segments: WhisperSegment[];
  /** Where the next window begins. */
  readonly nextSeek: number;
  /** The text ended with one timestamp: nobody speaks after it in this window. */
  readonly endsWithSilence: boolean;
};

/**
 * Cuts what was written at its pairs of timestamps. Text after the last pair is not finished: the next window begins
 * there and reads it again, unless a single timestamp ends the text or there is no pair at all.
 *
 * @see openai-whisper `transcribe.transcribe`
 */
export function segmentsOfWindow(
  decode: WindowDecode,
  { seek, frameCount }: WindowPlace,
  tokenizer: WhisperTokenizer,
): WindowSegments {
  const { tokens } = decode;
  const offset = seek / MEL_FRAMES_PER_SECOND;
  const isTime = (index: number) => index >= 0 && tokenizer.isTimestamp(tokens[index]!);
  const indexOfTime = (index: number) => tokens[index]! - tokenizer.timestampBegin;
  const segment = (start: number, end: number, part: readonly number[]): WhisperSegment => ({
    seek,
    startSeconds: start,
    endSeconds: end,
    text: tokenizer.textOf(part),
    tokens: part,
    words: [],
    decode,
  });
  const last = tokens.length - 1;
  const endsWithSilence = last > 0 && isTime(last) && !isTime(last - 1);
  const cuts: number[] = [];
  for (let index = 1; index <= last; index++) if (isTime(index - 1) && isTime(index)) cuts.push(index);
  if (cuts.length === 0) {
    const time = tokens.findLast((token) => tokenizer.isTimestamp(token));
    const known = time !== undefined && time !== tokenizer.timestampBegin;
    const duration = known
      ? (time - tokenizer.timestampBegin) * SECONDS_PER_TIMESTAMP
      : frameCount / MEL_FRAMES_PER_SECOND;
    return {
      segments: [segment(offset, offset + duration, tokens)],
      nextSeek: seek + frameCount,
      endsWithSilence,
    };
  }
  if (endsWithSilence) cuts.push(tokens.length);
  let first = 0;
  const segments = cuts.map((cut) => {
    const start = offset + indexOfTime(first) * SECONDS_PER_TIMESTAMP;
    const end = offset + indexOfTime(cut - 1) * SECONDS_PER_TIMESTAMP;
    const part = tokens.slice(first, cut);
    first = cut;
    return segment(start, end, part);
  });
  const read = endsWithSilence ? frameCount : indexOfTime(first - 1) * MEL_FRAMES_PER_TIMESTAMP;
  return { segments, nextSeek: seek + read, endsWithSilence };
}
