/**
 * Log mel filter bank of Kaldi, the front end of WeSpeaker, pyannote and 3D-Speaker embeddings: 25 ms windows every
 * 10 ms, 80 bins.
 *
 * @see kaldi `feature-fbank.cc`, torchaudio `compliance.kaldi.fbank`
 */
import { RealFft } from './fft.ts';
import type { FrameAnalyzer } from './frame-analyzer.ts';
import { applyMelFilterBank, kaldiMelFilterBank } from './mel-filter-bank.ts';
import { hammingWindow, poveyWindow } from './window-functions.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';

/** What differs between the systems that use this front end. */
export type KaldiFbankOptions = {
  /** Factor on samples in [-1, 1] before everything else. */
  readonly inputScale: number;
  readonly windowFunction: 'hamming' | 'povey';
  readonly melCount: number;
};

/** WeSpeaker and pyannote: samples as 16-bit integers, Hamming. Subtract the mean afterwards. */
export const WESPEAKER_FBANK: KaldiFbankOptions = Object.freeze({
  inputScale: 32768,
  windowFunction: 'hamming',
  melCount: 80,
});

/** 3D-Speaker: samples in [-1, 1], the default window of torchaudio. Subtract the mean afterwards. */
export const THREE_D_SPEAKER_FBANK: KaldiFbankOptions = Object.freeze({
  inputScale: 1,
  windowFunction: 'povey',
  melCount: 80,
});

const WINDOW_SAMPLES = 400;
const HOP_SAMPLES = 160;
/** The next power of two. */
const FFT_SIZE = 512;
const MIN_FREQUENCY_HZ = 20;
const PREEMPHASIS = 0.97;
/** Kaldi floors at the smallest step of float32 above one. */
const LOG_FLOOR = 2 ** -23;

/**
 * Plans the front end. Frames never see over the ends of the signal (`snip`): 10 s give 998 frames.
 *
 * Its frames are natural logarithms; those of silence are the logarithm of the floor, never infinite.
 */
export function planKaldiFbank(options: KaldiFbankOptions): FrameAnalyzer {
  const { inputScale, melCount } = options;
  const fft = new RealFft(FFT_SIZE);
  const windowFunction =
    options.windowFunction === 'hamming'
      ? hammingWindow(WINDOW_SAMPLES, 'symmetric')
      : poveyWindow(WINDOW_SAMPLES);
  const bank = kaldiMelFilterBank({
    melCount,
    fftSize: FFT_SIZE,
    sampleRate: SAMPLE_RATE,
    minFrequencyHz: MIN_FREQUENCY_HZ,
    maxFrequencyHz: SAMPLE_RATE / 2,
  });
  // Zero beyond the window: the padding up to the size of the transform.
  const windowed = new Float64Array(FFT_SIZE);
  const power = new Float64Array(fft.binCount);
  const energies = new Float64Array(melCount);

  function analyze(samples: Float32Array, start: number, out: Float32Array, outOffset: number): void {
    conditionWindow(samples, start, inputScale, windowFunction, windowed);
    fft.powerSpectrum(windowed, power);
    applyMelFilterBank(bank, power, energies);
    for (let mel = 0; mel < melCount; mel++)
      out[outOffset + mel] = Math.log(Math.max(energies[mel]!, LOG_FLOOR));
  }

  return { windowSamples: WINDOW_SAMPLES, hopSamples: HOP_SAMPLES, binCount: melCount, analyze };
}

/** Scales, removes the mean of the window, pre-emphasises (the first sample with itself) and tapers. */
function conditionWindow(
  samples: Float32Array,
  start: number,
  inputScale: number,
  windowFunction: Float64Array,
  out: Float64Array,
): void {
  const length = windowFunction.length;
  let sum = 0;
  for (let index = 0; index < length; index++) sum += samples[start + index]!;
  const mean = sum / length;
  let previous = samples[start]! - mean;
  for (let index = 0; index < length; index++) {
    const current = samples[start + index]! - mean;
    out[index] = inputScale * (current - PREEMPHASIS * previous) * windowFunction[index]!;
    previous = current;
  }
}

/**
 * Subtracts from every bin its mean over time, in place: the cepstral mean normalisation of WeSpeaker and 3D-Speaker,
 * without variance. No frames stay no frames.
 *
 * @param features `[frameCount, binCount]` row-major
 */
export function subtractMeanOverTime(features: Float32Array, frameCount: number, binCount: number): void {
  const means = new Float64Array(binCount);
  for (let frame = 0; frame < frameCount; frame++) {
    for (let bin = 0; bin < binCount; bin++)
      means[bin] = means[bin]! + features[frame * binCount + bin]! / frameCount;
  }
  for (let frame = 0; frame < frameCount; frame++) {
    for (let bin = 0; bin < binCount; bin++) {
      const index = frame * binCount + bin;
      features[index] = features[index]! - means[bin]!;
    }
  }
}
