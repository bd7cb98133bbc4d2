/**
 * Log mel spectrogram of NVIDIA NeMo, the front end of Parakeet, Sortformer, Nemotron and TitaNet.
 *
 * @see NeMo `collections/asr/parts/preprocessing/features.py`, `FilterbankFeatures`; onnx-asr `preprocessors/nemo.py`
 */
import { InvalidInputError } from '../errors.ts';
import { analyzeFrames, type FrameAnalyzer } from './frame-analyzer.ts';
import { planPowerMel } from './power-mel.ts';
import { preemphasize } from './preemphasis.ts';

/** What differs between NeMo's models; a manifest fixes it per model. */
export type NemoMelOptions = {
  readonly melCount: 80 | 128;
  /** `per-feature`: every bin gets mean 0 and deviation 1 over the valid frames (Parakeet, TitaNet); `none`: Sortformer, Nemotron. */
  readonly normalization: 'per-feature' | 'none';
  /**
   * How many frames are valid: `floor(samples / hop)`, as NeMo counts since `get_seq_len` lost its `+ 1`, or one more,
   * as older releases did. The last frame is half empty; where it counts, it shifts the statistics of quiet bins.
   */
  readonly validFrames: 'complete' | 'complete-and-last';
};

/** Parakeet with 128 bins. */
export const PARAKEET_MEL: NemoMelOptions = Object.freeze({
  melCount: 128,
  normalization: 'per-feature',
  validFrames: 'complete',
});

const PREEMPHASIS = 0.97;
/** `log_zero_guard_value` of NeMo. */
const LOG_GUARD = 2 ** -24;
/** Added to the deviation, as in `normalize_batch`. */
const DEVIATION_GUARD = 1e-5;

/** A planned spectrogram. It owns its scratch: one at a time. */
export class NemoMel {
  readonly options: NemoMelOptions;
  readonly #analyzer: FrameAnalyzer;

  constructor(options: NemoMelOptions) {
    this.options = options;
    this.#analyzer = planPowerMel({ melCount: options.melCount, fftSize: 512, windowSymmetry: 'symmetric' });
  }

  /** Columns of the result. */
  frameCountOf(sampleCount: number): number {
    return Math.floor(sampleCount / this.#analyzer.hopSamples) + 1;
  }

  /** Columns that count, the length to give to the model; those behind are zero. */
  validFrameCountOf(sampleCount: number): number {
    return this.frameCountOf(sampleCount) - (this.options.validFrames === 'complete' ? 1 : 0);
  }

  /**
   * Computes the spectrogram of a whole utterance.
   *
   * With a single valid frame the deviation is taken as zero, where torch gives NaN.
   *
   * @param out `[melCount, frameCountOf(samples.length)]` row-major; overwritten
   * @throws InvalidInputError `invalid_option` when `out` has another size
   */
  compute(samples: Float32Array, out: Float32Array): void {
    const { melCount, normalization } = this.options;
    const frameCount = this.frameCountOf(samples.length);
    if (out.length !== frameCount * melCount) {
      throw new InvalidInputError(
        'invalid_option',
        `A spectrogram of ${samples.length} samples has ${frameCount} frames of ${melCount}; the buffer has ${out.length} values.`,
      );
    }
    const validCount = this.validFrameCountOf(samples.length);
    const frames = new Float32Array(out.length);
    const emphasized = new Float32Array(samples.length);
    preemphasize(samples, PREEMPHASIS, 0, emphasized);
    analyzeFrames(this.#analyzer, emphasized, 'zeros', frames);
    out.fill(0);
    for (let mel = 0; mel < melCount; mel++) {
      const row = out.subarray(mel * frameCount, mel * frameCount + validCount);
      for (let frame = 0; frame < validCount; frame++) {
        row[frame] = Math.log(frames[frame * melCount + mel]! + LOG_GUARD);
      }
      if (normalization === 'per-feature') standardize(row);
    }
  }
}

/** Mean 0 and unbiased deviation 1, in place. */
function standardize(row: Float32Array): void {
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += row[index]!;
  const mean = sum / row.length;
  let squares = 0;
  for (let index = 0; index < row.length; index++) squares += (row[index]! - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, row.length - 1));
  for (let index = 0; index < row.length; index++) {
    row[index] = (row[index]! - mean) / (deviation + DEVIATION_GUARD);
  }
}
