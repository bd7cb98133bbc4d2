import { InvalidInputError } from '../../errors.ts';
import type { AudioWarning } from '../audio-warning.ts';
import type { AudioLimits } from '../limits.ts';
import { findBadSample } from './sample-encoding.ts';
import type { WavHeader } from './wav-header.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';

/** How a WAV file is called, and who is told about it. */
export type WavReporting = {
  /** What messages call the file. */
  readonly name: string;
  readonly limits: AudioLimits;
  readonly onWarning?: ((warning: AudioWarning) => void) | undefined;
};

/** A header that claims this many times what is there lies; below, the recording was cut off. */
const MAX_CLAIM_FACTOR = 1_000;

/** What there must be all the same to be worth anything. */
const MIN_FOUND_SECONDS = 1;

/** @throws InvalidInputError `corrupt_audio` for a sample that is no usable number */
export function checkSamples(
  samples: Float32Array,
  count: number,
  firstFrame: number,
  header: WavHeader,
  options: WavReporting,
): void {
  const bad = findBadSample(samples, count, options.limits.maxSampleMagnitude);
  if (bad < 0) return;
  const atSeconds = (firstFrame + Math.floor(bad / header.channels)) / header.sampleRate;
  const channel = bad % header.channels;
  const value = samples[bad]!;
  const what = Number.isNaN(value)
    ? 'not a number'
    : Number.isFinite(value)
      ? 'beyond any scale'
      : 'infinite';
  throw new InvalidInputError(
    'corrupt_audio',
    `${options.name} is damaged: the sample at ${atSeconds.toFixed(4)} s in channel ${channel} is ${what}; export it again.`,
    { details: { atSeconds, channel } },
  );
}

/**
 * Says that there is less than the header claims.
 *
 * @throws InvalidInputError `corrupt_audio` where next to nothing is there
 */
export function reportTruncation(
  frames: number,
  totalFrames: number,
  sampleRate: number,
  options: WavReporting,
): void {
  const found = `${samplesToSeconds(frames, sampleRate).toFixed(3)} s of the ${samplesToSeconds(totalFrames, sampleRate).toFixed(3)} s that its header claims`;
  if (frames * MAX_CLAIM_FACTOR < totalFrames && frames < MIN_FOUND_SECONDS * sampleRate) {
    throw new InvalidInputError('corrupt_audio', `${options.name} is damaged: it holds ${found}.`);
  }
  options.onWarning?.({ code: 'truncated', message: `${options.name} was cut off: it holds ${found}.` });
}

/** Says that there is more than the header claims. */
export function reportMore(
  frames: number,
  claimedFrames: number,
  sampleRate: number,
  options: WavReporting,
): void {
  const claimed = `${samplesToSeconds(claimedFrames, sampleRate).toFixed(3)} s that its header claims`;
  const message = `${options.name} is longer than the ${claimed}: all ${samplesToSeconds(frames, sampleRate).toFixed(3)} s were read.`;
  options.onWarning?.({ code: 'longer_than_header', message });
}
