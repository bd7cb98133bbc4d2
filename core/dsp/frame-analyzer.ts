/**
 * From samples to frames: which samples each frame sees, for a whole signal at once or for a stream of blocks.
 *
 * An analyzer turns one window of samples into one frame. Where the windows lie is the same for all front ends:
 * `snip` puts frame i at `[i hop, i hop + window)` and drops what does not fill a window (Kaldi's snip_edges);
 * `zeros` and `reflect` centre frame i on sample `i hop` and continue the signal at its ends.
 */
import { assert } from '../errors.ts';

/** A planned front end. It owns its scratch: one frame at a time, no sharing between threads. */
export type FrameAnalyzer = {
  /** Samples that one frame sees; even. */
  readonly windowSamples: number;
  readonly hopSamples: number;
  /** Values of one frame. */
  readonly binCount: number;
  /**
   * Computes the frame of `samples[start]` up to, not including, `samples[start + windowSamples]`.
   *
   * @param out `binCount` values from `outOffset` on are overwritten
   */
  analyze(samples: Float32Array, start: number, out: Float32Array, outOffset: number): void;
};

export const FRAME_EDGES = ['snip', 'zeros', 'reflect'] as const;

/** What happens at both ends of a signal. */
export type FrameEdges = (typeof FRAME_EDGES)[number];

/** Frames of a signal of `sampleCount` samples; a centred front end gives `1 + floor(samples / hop)`, for none too. */
export function frameCountOf(
  analyzer: Pick<FrameAnalyzer, 'windowSamples' | 'hopSamples'>,
  sampleCount: number,
  edges: FrameEdges,
): number {
  const { windowSamples, hopSamples } = analyzer;
  const padded = edges === 'snip' ? sampleCount : sampleCount + windowSamples;
  return padded < windowSamples ? 0 : 1 + Math.floor((padded - windowSamples) / hopSamples);
}

/**
 * Computes all frames of a finite signal: a chunk, a cut, a whole utterance.
 *
 * @param out `[frameCount, binCount]` row-major, at least `frameCountOf(…) * binCount` values; overwritten
 * @returns the number of frames
 */
export function analyzeFrames(
  analyzer: FrameAnalyzer,
  samples: Float32Array,
  edges: FrameEdges,
  out: Float32Array,
): number {
  const { windowSamples, hopSamples, binCount } = analyzer;
  const frameCount = frameCountOf(analyzer, samples.length, edges);
  assert(out.length >= frameCount * binCount, 'The frames do not fit into their buffer.');
  const lead = edges === 'snip' ? 0 : windowSamples / 2;
  let padded: Float32Array | undefined;
  for (let frame = 0; frame < frameCount; frame++) {
    const start = frame * hopSamples - lead;
    if (start >= 0 && start + windowSamples <= samples.length) {
      analyzer.analyze(samples, start, out, frame * binCount);
      continue;
    }
    padded ??= new Float32Array(windowSamples);
    for (let index = 0; index < windowSamples; index++)
      padded[index] = sampleBeyond(samples, start + index, edges);
    analyzer.analyze(padded, 0, out, frame * binCount);
  }
  return frameCount;
}

/** The signal continued over its ends. Reflection leaves the end sample out, again and again in a short signal. */
function sampleBeyond(samples: Float32Array, index: number, edges: FrameEdges): number {
  if (index >= 0 && index < samples.length) return samples[index]!;
  if (edges !== 'reflect' || samples.length === 0) return 0;
  if (samples.length === 1) return samples[0]!;
  const period = 2 * (samples.length - 1);
  const folded = ((index % period) + period) % period;
  return samples[folded < samples.length ? folded : period - folded]!;
}
