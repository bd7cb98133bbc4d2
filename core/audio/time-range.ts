import type { AudioBlocks } from './waveform.ts';
import { InvalidInputError } from '../errors.ts';
import { samplesToSeconds, secondsToSamples } from '../timeline/sliding-window.ts';

/** A part of a recording; without an end, up to its end. */
export type TimeRange = { readonly startSeconds: number; readonly endSeconds?: number };

/** How far an end may lie behind the recording and still mean its end: decimals are rounded. */
const END_TOLERANCE_SECONDS = 0.01;

/** @throws InvalidInputError `invalid_option` for negative, reversed or empty ranges */
export function checkRange({ startSeconds, endSeconds }: TimeRange): void {
  const isValid =
    Number.isFinite(startSeconds) &&
    startSeconds >= 0 &&
    (endSeconds === undefined || (Number.isFinite(endSeconds) && endSeconds > startSeconds));
  if (isValid) return;
  throw new InvalidInputError(
    'invalid_option',
    `The range from ${startSeconds} s to ${endSeconds ?? 'the end'} is none: expected a start of 0 or later and an end after it.`,
    { details: { option: 'range' } },
  );
}

/**
 * The samples of a range; the rest of the recording is not read.
 *
 * @param unitsPerSecond values of a block that make one second: the sample rate, times the channels where they are
 *   interleaved
 * @throws InvalidInputError `invalid_option` as `checkRange`, and, from the iteration, for a range that is not inside
 *   the recording
 */
export async function* cutRange(
  blocks: AudioBlocks,
  range: TimeRange,
  sampleRate: number,
  channels = 1,
): AudioBlocks {
  checkRange(range);
  const start = secondsToSamples(range.startSeconds, sampleRate) * channels;
  const end =
    range.endSeconds === undefined ? Infinity : secondsToSamples(range.endSeconds, sampleRate) * channels;
  let heard = 0;
  for await (const block of blocks) {
    const [from, to] = [Math.max(0, start - heard), Math.min(block.length, end - heard)];
    heard += block.length;
    if (to > from) yield block.subarray(from, to);
    if (heard >= end) return;
  }
  const duration = samplesToSeconds(heard / channels, sampleRate);
  const isInside =
    heard > start && (end === Infinity || range.endSeconds! <= duration + END_TOLERANCE_SECONDS);
  if (isInside) return;
  throw new InvalidInputError(
    'invalid_option',
    `The range from ${range.startSeconds} s to ${range.endSeconds ?? 'the end'} is not inside the recording, which is ${duration.toFixed(3)} s long.`,
    { details: { option: 'range', durationSeconds: duration } },
  );
}
