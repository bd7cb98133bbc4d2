import type { Observations, ObservedScale } from './observations.ts';

/** Bits of a byte of `activity`. */
const MAX_LOCAL_SPEAKERS = 8;

/**
 * What is wrong with observations that somebody made or changed, in a few words; undefined where they fit together.
 *
 * Everything after may count on it: whole counts, arrays of the lengths that the counts give, and no local speaker that
 * is not there. Embeddings that are not finite count as missing ones.
 */
export function observationsFault(observations: Observations): string | undefined {
  return (
    countsFault(observations) ??
    gridFault(observations) ??
    activityFault(observations) ??
    embeddingsFault(observations)
  );
}

const LEAST = {
  sampleCount: 0,
  chunkCount: 0,
  chunkSamples: 1,
  chunkHopSamples: 1,
  framesPerChunk: 1,
  localSpeakerCount: 1,
  embeddingDimension: 1,
} as const;

function countsFault(observations: Observations): string | undefined {
  for (const [name, least] of Object.entries(LEAST) as [keyof typeof LEAST, number][]) {
    const value = observations[name];
    if (!Number.isSafeInteger(value) || value < least)
      return `${name} is ${value}; expected a whole number from ${least} up`;
  }
  const { localSpeakerCount } = observations;
  if (localSpeakerCount > MAX_LOCAL_SPEAKERS)
    return `localSpeakerCount is ${localSpeakerCount}; expected at most ${MAX_LOCAL_SPEAKERS}`;
  return undefined;
}

function gridFault({
  frameGrid: { startSeconds, durationSeconds, stepSeconds },
}: Observations): string | undefined {
  const isGrid = Number.isFinite(startSeconds) && isLength(durationSeconds) && isLength(stepSeconds);
  return isGrid ? undefined : 'frameGrid is no grid of equally long, equally spaced frames';
}

function isLength(seconds: number): boolean {
  return seconds > 0 && Number.isFinite(seconds);
}

function activityFault(observations: Observations): string | undefined {
  const { activity, chunkCount, framesPerChunk, localSpeakerCount } = observations;
  const expected = chunkCount * framesPerChunk;
  if (activity.length !== expected) return `activity holds ${activity.length} frames; expected ${expected}`;
  const unknownSpeakers = 0xff & ~((1 << localSpeakerCount) - 1);
  if (!activity.some((bits) => (bits & unknownSpeakers) !== 0)) return undefined;
  return `a frame names more than ${localSpeakerCount} local speakers`;
}

function embeddingsFault(observations: Observations): string | undefined {
  const { embeddings, scales, chunkCount, localSpeakerCount, embeddingDimension } = observations;
  const fault = scales?.map(scaleFault).find((own) => own !== undefined);
  if (fault !== undefined) return fault;
  const rows = scales?.reduce((sum, { startSeconds }) => sum + startSeconds.length, 0);
  const expected = (rows ?? chunkCount * localSpeakerCount) * embeddingDimension;
  return embeddings.length === expected
    ? undefined
    : `embeddings hold ${embeddings.length} values; expected ${expected}`;
}

function scaleFault({ startSeconds, endSeconds }: ObservedScale): string | undefined {
  const isWhole =
    startSeconds.length === endSeconds.length &&
    startSeconds.every((seconds, index) => seconds >= 0 && seconds < endSeconds[index]!);
  return isWhole ? undefined : 'a segment of a scale ends before it begins';
}
