/** Which part of a recording is observed, and what must be heard around it so that it is observed as in the whole. */
import { InvalidInputError } from '../errors.ts';
import { samplesToSeconds, secondsToSamples } from '../timeline/sliding-window.ts';

/** A part of a recording: the chunks that begin in it; without an end, all up to the end of the recording. */
export type RecordingPart = { readonly fromSeconds: number; readonly toSeconds?: number | undefined };

/**
 * Encoders look at stretches of speech of up to 30 s: where one begins is known after the pause before it. A second
 * such stretch and a window of 10 s leave room for pauses that are far apart.
 */
const HEARD_BEFORE_SECONDS = 60;

/** The longest stretch and a window. */
const HEARD_AFTER_SECONDS = 40;

/**
 * What is heard begins at a multiple of this: chunks of one run of the segmentation (4 s) and the grid of GE2E (0.4 s)
 * lie as in the whole recording.
 */
const ALIGNED_SECONDS = 20;

/** Chunks of a part, and the samples that are heard for them. */
export type PartPlan = {
  readonly firstChunk: number;
  /** After the last one; Infinity where the end of the recording is. */
  readonly endChunk: number;
  readonly startSample: number;
  readonly endSample: number;
};

/** @throws InvalidInputError `invalid_option` where chunks do not begin at the ends of the part, or it is empty */
export function planPart({ fromSeconds, toSeconds = Infinity }: RecordingPart, hopSamples: number): PartPlan {
  const [firstChunk, endChunk] = [fromSeconds, toSeconds].map((seconds) =>
    seconds === Infinity ? Infinity : secondsToSamples(seconds) / hopSamples,
  ) as [number, number];
  const isGrid = Number.isInteger(firstChunk) && (endChunk === Infinity || Number.isInteger(endChunk));
  if (!isGrid || firstChunk < 0 || endChunk <= firstChunk) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected a part from and to a multiple of ${samplesToSeconds(hopSamples)} s, its end after its start; got ${fromSeconds} to ${toSeconds === Infinity ? 'the end' : toSeconds}.`,
      { details: { option: 'part' } },
    );
  }
  const heardFrom = Math.max(0, fromSeconds - HEARD_BEFORE_SECONDS);
  return {
    firstChunk,
    endChunk,
    startSample: secondsToSamples(Math.floor(heardFrom / ALIGNED_SECONDS) * ALIGNED_SECONDS),
    endSample: toSeconds === Infinity ? Infinity : secondsToSamples(toSeconds + HEARD_AFTER_SECONDS),
  };
}
