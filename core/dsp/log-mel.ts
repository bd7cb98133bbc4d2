/**
 * Log mel spectrogram of Whisper: 80 or 128 bins, a frame every 10 ms, scaled to about [-1, 1].
 *
 * @see openai/whisper `audio.log_mel_spectrogram`
 */
import { InvalidInputError } from '../errors.ts';
import { analyzeFrames, frameCountOf, type FrameAnalyzer } from './frame-analyzer.ts';
import { planPowerMel } from './power-mel.ts';

/** What Whisper's encoder takes: 30 s, 3000 frames. */
export const WHISPER_CHUNK_SAMPLES = 480_000;

const POWER_FLOOR = 1e-10;
/** Everything more than 80 dB below the loudest value is cut off, in units of log10 of power. */
const DYNAMIC_RANGE = 8;

/** A planned spectrogram. It owns its scratch: one at a time. */
export class LogMel {
  readonly melCount: number;
  readonly #analyzer: FrameAnalyzer;

  constructor(melCount: 80 | 128) {
    this.melCount = melCount;
    this.#analyzer = planPowerMel({ melCount, fftSize: 400, windowSymmetry: 'periodic' });
  }

  /** Frames of a signal that is continued with zeros to this length. */
  frameCountOf(paddedSamples: number): number {
    return Math.floor(paddedSamples / this.#analyzer.hopSamples);
  }

  /**
   * Computes the spectrogram of `samples` continued with zeros to `paddedSamples`.
   *
   * The floor is relative to the loudest value of the whole result, so a chunk cannot be computed before it is
   * complete, and cutting a recording otherwise gives other values. Whisper itself computes a recording once, padded by
   * `WHISPER_CHUNK_SAMPLES`, and cuts the result; ports that work by chunk pad each to `WHISPER_CHUNK_SAMPLES`.
   *
   * @param out `[melCount, frameCount]` row-major; overwritten
   * @throws InvalidInputError `invalid_option` when `samples` is longer than the padded length, or `out` has another size
   */
  compute(samples: Float32Array, paddedSamples: number, out: Float32Array): void {
    const frameCount = this.frameCountOf(paddedSamples);
    if (samples.length > paddedSamples || out.length !== frameCount * this.melCount) {
      throw new InvalidInputError(
        'invalid_option',
        `A spectrogram of ${samples.length} samples, padded to ${paddedSamples}, has ${frameCount} frames of ${this.melCount}; the buffer has ${out.length} values.`,
      );
    }
    this.#powers(samples, paddedSamples, frameCount, out);
    compress(out);
  }

  /** Mel powers, transposed; the frames behind the signal are exactly zero and need no transform. */
  #powers(samples: Float32Array, paddedSamples: number, frameCount: number, out: Float32Array): void {
    const { windowSamples } = this.#analyzer;
    // With a window of zeros behind it, the reflection at this cut is a reflection of zeros.
    const extended = new Float32Array(Math.min(paddedSamples, samples.length + windowSamples));
    extended.set(samples);
    const frames = new Float32Array(frameCountOf(this.#analyzer, extended.length, 'reflect') * this.melCount);
    const computed = Math.min(frameCount, analyzeFrames(this.#analyzer, extended, 'reflect', frames));
    out.fill(0);
    for (let mel = 0; mel < this.melCount; mel++) {
      for (let frame = 0; frame < computed; frame++) {
        out[mel * frameCount + frame] = frames[frame * this.melCount + mel]!;
      }
    }
  }
}

/** Power to log10, floored below the maximum, scaled. */
function compress(values: Float32Array): void {
  let loudest = POWER_FLOOR;
  for (let index = 0; index < values.length; index++) loudest = Math.max(loudest, values[index]!);
  const floor = Math.log10(loudest) - DYNAMIC_RANGE;
  for (let index = 0; index < values.length; index++) {
    const logPower = Math.log10(Math.max(values[index]!, POWER_FLOOR));
    values[index] = (Math.max(logPower, floor) + 4) / 4;
  }
}
