import { roundHalfEven } from '../../timeline/sliding-window.ts';

/** Length and spacing of the windows of a stream. */
export type StreamWindowOptions = {
  /** @default 5 s */
  readonly durationSeconds?: number;
  /** @default 0.5 s */
  readonly stepSeconds?: number;
  /** @default 16000 Hz */
  readonly sampleRate?: number;
};

/** A window of a stream. */
export type AudioWindow = { readonly startSeconds: number; readonly samples: Float32Array };

/** Zeros that diart puts around a file, so that every part of it is told at the given latency. */
export type FilePadding = { readonly leftSeconds: number; readonly rightSeconds: number };

/**
 * The zeros around a file of a length.
 *
 * @param fileSeconds length of the file
 * @see conventions 1 and 4 of the traces
 */
export function filePadding(
  fileSeconds: number,
  latencySeconds: number,
  { durationSeconds = 5, stepSeconds = 0.5 }: StreamWindowOptions = {},
): FilePadding {
  const rightSeconds = latencySeconds - stepSeconds;
  return { rightSeconds, leftSeconds: Math.max(0, durationSeconds - (fileSeconds + rightSeconds)) };
}

/**
 * Windows over a stream of blocks of any size: every step that a block completes is given at once, and a window's start
 * is counted in samples. (diart gives one step a block, however large it is, and adds up seconds, which drifts and
 * is wrong where the duration is no multiple of the step: conventions 2 and 3.)
 *
 * A tail shorter than a step is not given: pad it.
 */
export async function* slidingWindows(
  blocks: AsyncIterable<Float32Array>,
  { durationSeconds = 5, stepSeconds = 0.5, sampleRate = 16_000 }: StreamWindowOptions = {},
): AsyncGenerator<AudioWindow> {
  const windowSamples = roundHalfEven(durationSeconds * sampleRate);
  const stepSamples = roundHalfEven(stepSeconds * sampleRate);
  let held = new Float32Array(0);
  let heldStart = 0;
  let nextStart = 0;
  // The first window ends with the first whole step in which it is full.
  const overhang = (stepSamples - (windowSamples % stepSamples)) % stepSamples;
  nextStart = overhang;
  for await (const block of blocks) {
    const joined = new Float32Array(held.length + block.length);
    joined.set(held);
    joined.set(block, held.length);
    held = joined;
    while (nextStart + windowSamples <= heldStart + held.length) {
      const from = nextStart - heldStart;
      const samples = held.slice(from, from + windowSamples);
      yield { startSeconds: nextStart / sampleRate, samples };
      nextStart += stepSamples;
    }
    const done = Math.min(nextStart - heldStart, held.length);
    held = held.slice(done);
    heldStart += done;
  }
}

/** The last `count` values, anew with each value. */
export async function* slideOver<T>(values: AsyncIterable<T>, count: number): AsyncGenerator<readonly T[]> {
  let held: readonly T[] = [];
  for await (const value of values) {
    held = [...held, value].slice(-count);
    yield held;
  }
}
