import type { ChunkGeometry } from './speaker-encoder.ts';
import { closestFrame, samplesToSeconds } from '../timeline/sliding-window.ts';

/**
 * Per frame, 1 where a local speaker is the only one active; its sum is how much clean speech there is.
 *
 * @param activity bit s is set where local speaker s is active
 * @param out      one value per frame; overwritten
 */
export function markAlone(activity: Uint8Array, speaker: number, out: Uint8Array): number {
  const only = 1 << speaker;
  let count = 0;
  for (let frame = 0; frame < activity.length; frame++) {
    const alone = activity[frame] === only ? 1 : 0;
    out[frame] = alone;
    count += alone;
  }
  return count;
}

/** The same for frames in which a local speaker is active, alone or not. */
export function markActive(activity: Uint8Array, speaker: number, out: Uint8Array): number {
  let count = 0;
  for (let frame = 0; frame < activity.length; frame++) {
    const active = (activity[frame]! >> speaker) & 1;
    out[frame] = active;
    count += active;
  }
  return count;
}

/** Frames whose middle lies in [fromSeconds, toSeconds) of the chunk, as a half-open range of indices. */
export function framesBetween(
  geometry: ChunkGeometry,
  fromSeconds: number,
  toSeconds: number,
): readonly [number, number] {
  const { startSeconds, durationSeconds, stepSeconds } = geometry.frameGrid;
  const toIndex = (seconds: number): number =>
    Math.ceil((seconds - startSeconds - durationSeconds / 2) / stepSeconds - 1e-9);
  const clamp = (index: number): number => Math.min(geometry.framesPerChunk, Math.max(0, index));
  return [clamp(toIndex(fromSeconds)), clamp(toIndex(toSeconds))];
}

/** The frame of a chunk whose middle is nearest to a sample of it; the first or last one for samples outside. */
export function frameNearest(geometry: ChunkGeometry, chunkSample: number): number {
  const nearest = closestFrame(geometry.frameGrid, samplesToSeconds(chunkSample));
  return Math.min(geometry.framesPerChunk - 1, Math.max(0, nearest));
}
