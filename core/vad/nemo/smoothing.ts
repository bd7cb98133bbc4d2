import { InvalidInputError } from '../../errors.ts';

/** How probabilities of overlapping windows become one a frame. */
export const SMOOTHING_METHODS = ['median', 'mean'] as const;

export type SmoothingOptions = {
  readonly method: (typeof SMOOTHING_METHODS)[number];
  /** What the network hears at a time. */
  readonly windowSeconds: number;
  /** From one probability to the next. */
  readonly shiftSeconds: number;
  /** Share of a window that the next one used shares with it; only every so many probabilities are used. NeMo: 0.5. */
  readonly overlap: number;
};

/** NeMo's frame; smoothed probabilities come one of these. */
export const SMOOTHED_FRAME_SECONDS = 0.01;

/**
 * Each probability belongs to all frames of its window; a frame gets the median or mean of those it belongs to. Frames
 * behind the last window get the last value.
 *
 * @param probabilities one every `shiftSeconds`, float32
 * @returns one every 0.01 s
 * @throws InvalidInputError `invalid_option` where windows would overlap entirely
 * @see NeMo 2.7.3 `generate_overlap_vad_seq_per_tensor`
 */
export function smoothProbabilities(probabilities: Float32Array, options: SmoothingOptions): Float32Array {
  const shift = Math.trunc(options.shiftSeconds / SMOOTHED_FRAME_SECONDS);
  const windowFrames = Math.trunc(options.windowSeconds / SMOOTHED_FRAME_SECONDS + 1);
  const jump = Math.trunc(Math.trunc(windowFrames * (1 - options.overlap)) / shift);
  if (!(jump >= 1)) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected an overlap that leaves a shift of ${options.shiftSeconds} s or more between windows of ${options.windowSeconds} s, got ${options.overlap}.`,
      { details: { option: 'overlap' } },
    );
  }
  const smoothed = new Float32Array(probabilities.length * shift);
  const valueOf = options.method === 'median' ? median : mean;
  let last = 0;
  for (let frame = 0; frame < smoothed.length; frame++) {
    const covering = coveringWindows(probabilities, frame, { shift, windowFrames, jump });
    if (covering.length > 0) last = valueOf(covering);
    smoothed[frame] = last;
  }
  return smoothed;
}

/** Probabilities of the used windows that a frame lies in, in order. */
function coveringWindows(
  probabilities: Float32Array,
  frame: number,
  { shift, windowFrames, jump }: { shift: number; windowFrames: number; jump: number },
): number[] {
  const covering: number[] = [];
  const firstIndex = Math.max(0, Math.ceil((frame - windowFrames + 1) / (shift * jump)));
  for (let used = firstIndex; used * jump < probabilities.length; used++) {
    if (used * jump * shift > frame) break;
    covering.push(probabilities[used * jump]!);
  }
  return covering;
}

/** Between the two middle values of an even number, in float32 as torch interpolates. */
function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const below = sorted[Math.floor(middle)]!;
  const above = sorted[Math.ceil(middle)]!;
  return middle % 1 === 0 ? below : Math.fround(above - Math.fround(above - below) / 2);
}

function mean(values: number[]): number {
  const sum = values.reduce((total, value) => Math.fround(total + value), 0);
  return Math.fround(sum / values.length);
}
