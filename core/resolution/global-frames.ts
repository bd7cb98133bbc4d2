import { closestFrame, samplesToSeconds } from '../timeline/sliding-window.ts';
import type { Observations } from './observations.ts';

/**
 * The frame grid of the whole recording: that of a chunk, carried on to the end of the last chunk.
 *
 * Chunk starts rarely fall on a frame; each chunk is placed on the nearest one.
 */

/** How many frames the recording has; frames of the last chunk can lie past the end of the audio. */
export function globalFrameCount(observations: Observations): number {
  const { chunkCount, chunkSamples, chunkHopSamples, frameGrid } = observations;
  if (chunkCount === 0) return 0;
  const end = samplesToSeconds(chunkSamples) + (chunkCount - 1) * samplesToSeconds(chunkHopSamples);
  return closestFrame(frameGrid, end + 0.5 * frameGrid.durationSeconds) + 1;
}

/** The frame of the recording on which a chunk's first frame falls. */
export function firstFrameOfChunk(observations: Observations, chunk: number): number {
  const { chunkHopSamples, frameGrid } = observations;
  const start = chunk * samplesToSeconds(chunkHopSamples);
  return closestFrame(frameGrid, start + 0.5 * frameGrid.durationSeconds);
}
