import { roundHalfEven } from '../timeline/sliding-window.ts';
import { firstFrameOfChunk, globalFrameCount } from './global-frames.ts';
import type { Observations } from './observations.ts';
import { largestOf } from '../math/extremes.ts';

/**
 * How many people speak at once, frame by frame.
 *
 * The mean, over the chunks that cover a frame, of their active local speakers; rounded half to even (0.5 → 0,
 * 1.5 → 2), as NumPy's `rint`. Frames that no chunk covers: 0.
 *
 * @returns [globalFrameCount]
 * @see pyannote.audio `SpeakerDiarizationMixin.speaker_count`, without warm-up
 */
export function countSpeakers(observations: Observations): Uint8Array {
  const { chunkCount, framesPerChunk, activity } = observations;
  const frameCount = globalFrameCount(observations);
  const active = new Uint32Array(frameCount);
  const covering = new Uint32Array(frameCount);
  for (let chunk = 0; chunk < chunkCount; chunk += 1) {
    const first = firstFrameOfChunk(observations, chunk);
    const last = Math.min(framesPerChunk, frameCount - first);
    for (let frame = 0; frame < last; frame += 1) {
      active[first + frame]! += bitCount(activity[chunk * framesPerChunk + frame]!);
      covering[first + frame]! += 1;
    }
  }
  const counts = new Uint8Array(frameCount);
  for (let frame = 0; frame < frameCount; frame += 1) {
    counts[frame] = covering[frame] === 0 ? 0 : roundHalfEven(active[frame]! / covering[frame]!);
  }
  return counts;
}

/** Number of set bits of a byte. */
export function bitCount(byte: number): number {
  let bits = byte - ((byte >> 1) & 0x55);
  bits = (bits & 0x33) + ((bits >> 2) & 0x33);
  return (bits + (bits >> 4)) & 0x0f;
}

/** The largest value; 0 where there is none. */
export function maxCount(counts: Uint8Array): number {
  return largestOf(counts, 0);
}
