/**
 * The only place where frames, samples and seconds are converted into each other.
 *
 * Conventions are those of pyannote.core's SlidingWindow: a grid has a start, a duration and a step in seconds.
 */

/** Sample rate of everything inside the core. */
export const SAMPLE_RATE = 16_000;

/** A grid of equally long, equally spaced spans: chunk grid, frame grid. */
export type SlidingWindow = {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly stepSeconds: number;
};

/** Round half to even, as NumPy's `rint` and Python's `round`; `Math.round` differs at .5. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Index of the frame whose middle is nearest to `seconds` (`SlidingWindow.closest_frame`). */
export function closestFrame(grid: SlidingWindow, seconds: number): number {
  return roundHalfEven((seconds - grid.startSeconds - 0.5 * grid.durationSeconds) / grid.stepSeconds);
}

/** Middle of a frame in seconds. */
export function frameMiddleSeconds(grid: SlidingWindow, frameIndex: number): number {
  const start = grid.startSeconds + frameIndex * grid.stepSeconds;
  return 0.5 * (start + (start + grid.durationSeconds));
}

/** Seconds that samples of one channel last, at the rate of the core unless another is given. */
export function samplesToSeconds(samples: number, sampleRate = SAMPLE_RATE): number {
  return samples / sampleRate;
}

/** Nearest sample of a channel, at the rate of the core unless another is given. */
export function secondsToSamples(seconds: number, sampleRate = SAMPLE_RATE): number {
  return Math.round(seconds * sampleRate);
}
