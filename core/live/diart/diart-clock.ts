import { contiguousWindow, extentOf, type ScoreFrames } from './score-frames.ts';

/**
 * A window's scores with the time of each frame, computed in diart's order of operations: the extent of the audio
 * first, its duration over the number of frames, then the extent of the scores (convention 5 of the traces).
 *
 * @param scores [frame][speaker]
 */
export function timedScores(
  scores: Float32Array,
  speakerCount: number,
  audio: { readonly startSeconds: number; readonly sampleCount: number; readonly sampleRate?: number },
): ScoreFrames {
  const { startSeconds, sampleCount, sampleRate = 16_000 } = audio;
  const extent = extentOf(contiguousWindow(startSeconds, 1 / sampleRate), sampleCount);
  const frameCount = scores.length / speakerCount;
  const stepSeconds = (extent.endSeconds - extent.startSeconds) / frameCount;
  return { data: scores, frameCount, speakerCount, window: contiguousWindow(startSeconds, stepSeconds) };
}
