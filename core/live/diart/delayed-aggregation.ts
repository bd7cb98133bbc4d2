import { InvalidInputError } from '../../errors.ts';
import { roundHalfEven } from '../../timeline/sliding-window.ts';
import {
  contiguousWindow,
  cropFrames,
  extentOf,
  type CroppingMode,
  type Region,
  type ScoreFrames,
} from './score-frames.ts';

/** How the windows that cover a region become one. */
export type AggregationStrategy = 'hamming' | 'mean' | 'first';

export type DelayedAggregationOptions = {
  /** Seconds between two windows. */
  readonly stepSeconds: number;
  /** Seconds from the end of a window back to the region that is told; at least `stepSeconds`. */
  readonly latencySeconds: number;
  /** @default 'hamming' */
  readonly strategy?: AggregationStrategy;
  /** @default 'loose' */
  readonly cropping?: CroppingMode;
};

/** How many windows cover each region, once there are enough: `latency / step`, halves to even. */
export function overlappingWindowCount(stepSeconds: number, latencySeconds: number): number {
  return roundHalfEven(latencySeconds / stepSeconds);
}

/**
 * Combines the windows that cover the region told at each step: the later the telling, the more of them there are.
 *
 * @see diart 0.9.2, `blocks/aggregation.py` (MIT); conventions 6 to 11 of the traces
 */
export class DelayedAggregation {
  readonly #options: Required<DelayedAggregationOptions>;
  /** Windows that are combined when the buffer is full. */
  readonly windowCount: number;

  /** @throws InvalidInputError `invalid_option` where the latency is shorter than a step */
  constructor(options: DelayedAggregationOptions) {
    this.#options = { strategy: 'hamming', cropping: 'loose', ...options };
    const { stepSeconds, latencySeconds } = this.#options;
    if (!(stepSeconds > 0) || !(latencySeconds >= stepSeconds)) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected a latency of at least one step (${stepSeconds} s), got ${latencySeconds} s.`,
      );
    }
    this.windowCount = overlappingWindowCount(stepSeconds, latencySeconds);
  }

  /**
   * @param windows oldest first, at most `windowCount`, all with the same speakers
   * @returns scores of the region that is due; of the first window also all that lies before it
   */
  aggregate(windows: readonly ScoreFrames[]): ScoreFrames {
    const newest = windows.at(-1)!;
    const { stepSeconds, latencySeconds } = this.#options;
    const extent = extentOf(newest.window, newest.frameCount);
    const startSeconds = extent.endSeconds - latencySeconds;
    const region = { startSeconds, endSeconds: startSeconds + stepSeconds };
    const due = spreadOver(this.#combine(windows, region), newest.speakerCount, region);
    return windows.length === 1 && extent.startSeconds === 0 ? this.#withBeginning(due, newest, region) : due;
  }

  #combine(windows: readonly ScoreFrames[], region: Region): Float64Array {
    const { strategy, cropping } = this.#options;
    if (strategy === 'first') return cropFrames(windows[0]!, region, cropping);
    const sums = new Float64Array(cropFrames(windows[0]!, region, cropping).length);
    const weightSums = new Float64Array(sums.length / windows[0]!.speakerCount);
    for (const window of windows) {
      const scores = cropFrames(window, region, cropping);
      const weights = strategy === 'hamming' ? cropFrames(hammingOver(window), region, cropping) : undefined;
      for (let i = 0; i < sums.length; i += 1) {
        const row = Math.floor(i / window.speakerCount);
        sums[i]! += weights === undefined ? scores[i]! : weights[row]! * scores[i]!;
      }
      for (let row = 0; row < weightSums.length; row += 1) weightSums[row]! += weights?.[row] ?? 1;
    }
    return sums.map((sum, i) => sum / weightSums[Math.floor(i / windows[0]!.speakerCount)]!);
  }

  /** Nothing was told before the first window, so it tells from its start on (convention 9). */
  #withBeginning(due: ScoreFrames, window: ScoreFrames, region: Region): ScoreFrames {
    const whole = { startSeconds: 0, endSeconds: region.endSeconds };
    const data = cropFrames(window, whole, this.#options.cropping);
    data.set(due.data, data.length - due.data.length);
    return spreadOver(data, due.speakerCount, whole);
  }
}

/** Frames laid evenly over a region, whatever their own step was (convention 7). */
function spreadOver(data: Float64Array, speakerCount: number, region: Region): ScoreFrames {
  const frameCount = data.length / speakerCount;
  const stepSeconds = (region.endSeconds - region.startSeconds) / frameCount;
  return { data, frameCount, speakerCount, window: contiguousWindow(region.startSeconds, stepSeconds) };
}

/** NumPy's Hamming window over all frames of a window of scores. */
function hammingOver({ frameCount, window }: ScoreFrames): ScoreFrames {
  const data = Float64Array.from({ length: frameCount }, (_, frame) =>
    frameCount === 1
      ? 1
      : 0.54 + 0.46 * Math.cos((Math.PI * (2 * frame + 1 - frameCount)) / (frameCount - 1)),
  );
  return { data, frameCount, speakerCount: 1, window };
}
