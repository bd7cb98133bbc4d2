import { roundHalfEven, type SlidingWindow } from '../../timeline/sliding-window.ts';

/**
 * Scores on frames of time, and pyannote.core's rules for cutting a region out of them.
 *
 * diart's output depends on the order of the floating-point operations below, down to which frame a region begins
 * with; they are those of `SlidingWindow.range_to_segment`, `SlidingWindow.crop` and `SlidingWindowFeature.crop`.
 *
 * @see pyannote.core 5.0.0 (MIT); conventions 5 to 9 of the recorded traces
 */
export type ScoreFrames = {
  /** [frame][speaker]. */
  readonly data: Float32Array | Float64Array;
  readonly frameCount: number;
  readonly speakerCount: number;
  readonly window: SlidingWindow;
};

/** A region of time in seconds. */
export type Region = { readonly startSeconds: number; readonly endSeconds: number };

/** Which frames belong to a region: those it touches, those inside, or those with the nearest middles. */
export type CroppingMode = 'loose' | 'strict' | 'center';

/** A window of equally long frames that follow each other without gaps. */
export function contiguousWindow(startSeconds: number, stepSeconds: number): SlidingWindow {
  return { startSeconds, durationSeconds: stepSeconds, stepSeconds };
}

/** What the frames cover (`SlidingWindowFeature.extent`). */
export function extentOf(window: SlidingWindow, frameCount: number): Region {
  const { startSeconds, durationSeconds, stepSeconds } = window;
  const firstEdge = startSeconds + -0.5 * stepSeconds + 0.5 * durationSeconds;
  return { startSeconds, endSeconds: firstEdge + frameCount * stepSeconds };
}

/** Index of the first frame of a region; may be negative. */
export function firstFrameOf(window: SlidingWindow, regionStart: number, mode: CroppingMode): number {
  const { startSeconds, durationSeconds, stepSeconds } = window;
  // `+ 0` makes -0, which ceil gives just below zero, an index.
  if (mode === 'loose') return Math.ceil((regionStart - durationSeconds - startSeconds) / stepSeconds) + 0;
  if (mode === 'strict') return Math.ceil((regionStart - startSeconds) / stepSeconds) + 0;
  return roundHalfEven((regionStart - startSeconds - 0.5 * durationSeconds) / stepSeconds);
}

/** How many frames a region of fixed duration gives, wherever it begins. */
export function framesWithin(window: SlidingWindow, durationSeconds: number, mode: CroppingMode): number {
  const { durationSeconds: frameSeconds, stepSeconds } = window;
  if (mode === 'loose') return Math.floor((durationSeconds + frameSeconds) / stepSeconds);
  if (mode === 'strict') return Math.floor((durationSeconds - frameSeconds) / stepSeconds) + 1;
  return roundHalfEven(durationSeconds / stepSeconds);
}

/**
 * The frames of a region, always as many as its duration asks for: beyond either end the edge frame is repeated.
 *
 * @returns [frame][speaker] in float64
 */
export function cropFrames(frames: ScoreFrames, region: Region, mode: CroppingMode): Float64Array {
  const { window, frameCount, speakerCount, data } = frames;
  const first = firstFrameOf(window, region.startSeconds, mode);
  const count = framesWithin(window, region.endSeconds - region.startSeconds, mode);
  const cropped = new Float64Array(count * speakerCount);
  for (let row = 0; row < count; row += 1) {
    const frame = Math.min(Math.max(first + row, 0), frameCount - 1);
    for (let speaker = 0; speaker < speakerCount; speaker += 1) {
      cropped[row * speakerCount + speaker] = data[frame * speakerCount + speaker]!;
    }
  }
  return cropped;
}
