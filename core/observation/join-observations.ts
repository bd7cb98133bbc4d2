/** Parts of one recording, observed on several machines, become the observations of the whole. */
import { InvalidInputError } from '../errors.ts';
import type { Observations } from '../resolution/observations.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';

/** Observations of a part of a recording; those of a whole one are its first and last part. */
export type ObservationsPart = {
  /** How many chunks of the recording are before those of the part. */
  readonly firstChunk: number;
  /** The recording ends with this part. */
  readonly isLast: boolean;
  /** `sampleCount` is how much of the recording was heard: for the last part all of it. */
  readonly observations: Observations;
};

/** Fields that must be the same in all parts. */
const SHAPE = [
  'chunkSamples',
  'chunkHopSamples',
  'framesPerChunk',
  'localSpeakerCount',
  'embeddingDimension',
] as const;

/**
 * The observations of the whole recording, to the last bit those that one machine would have made.
 *
 * @param parts in any order
 * @throws InvalidInputError `invalid_file` where parts are missing, there twice, or not of one kind
 */
export function joinObservations(parts: readonly ObservationsPart[]): Observations {
  const sorted = parts.toSorted((a, b) => a.firstChunk - b.firstChunk || Number(a.isLast) - Number(b.isLast));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) throw incomplete('there is no part');
  checkOrder(sorted, first);
  if (!last.isLast) throw incomplete(`nothing is there from ${secondsOf(last, endOf(last))} s on`);
  if (sorted.length === 1) return first.observations;
  return {
    ...first.observations,
    sampleCount: last.observations.sampleCount,
    chunkCount: endOf(last),
    activity: joined(
      sorted.map(({ observations }) => observations.activity),
      (length) => new Uint8Array(length),
    ),
    embeddings: joined(
      sorted.map(({ observations }) => observations.embeddings),
      (length) => new Float32Array(length),
    ),
  };
}

function checkOrder(sorted: readonly ObservationsPart[], first: ObservationsPart): void {
  let next = 0;
  for (const part of sorted) {
    const other = SHAPE.find((field) => part.observations[field] !== first.observations[field]);
    if (other !== undefined) throw incomplete(`the parts differ in ${other}`);
    if (part.firstChunk > next)
      throw incomplete(
        `nothing is there from ${secondsOf(part, next)} to ${secondsOf(part, part.firstChunk)} s`,
      );
    if (part.firstChunk < next) throw incomplete(`two parts hold ${secondsOf(part, part.firstChunk)} s`);
    next = endOf(part);
  }
}

function endOf({ firstChunk, observations }: ObservationsPart): number {
  return firstChunk + observations.chunkCount;
}

function secondsOf({ observations }: ObservationsPart, chunk: number): number {
  return samplesToSeconds(chunk * observations.chunkHopSamples);
}

function incomplete(reason: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `Expected the observations of a whole recording, or all its parts: ${reason}.`,
  );
}

/** One array of several. */
export function joined<T extends Uint8Array | Float32Array>(
  parts: readonly T[],
  create: (length: number) => T,
): T {
  const whole = create(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
