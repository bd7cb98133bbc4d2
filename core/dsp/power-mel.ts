/**
 * Mel power spectrum on Slaney's scale: the front end of GE2E as it is, and the linear part of those of Whisper and NeMo.
 *
 * @see librosa `feature.melspectrogram`, Resemblyzer `audio.wav_to_mel_spectrogram`
 */
import { RealFft } from './fft.ts';
import type { FrameAnalyzer } from './frame-analyzer.ts';
import { applyMelFilterBank, slaneyMelFilterBank } from './mel-filter-bank.ts';
import { hannWindow, type WindowSymmetry } from './window-functions.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';

/** What differs between the systems that use this front end; 400 samples every 160 and 0 to 8000 Hz are common. */
export type PowerMelOptions = {
  readonly melCount: number;
  readonly fftSize: number;
  readonly windowSymmetry: WindowSymmetry;
};

/** GE2E of Resemblyzer: power, no logarithm. */
export const GE2E_MEL: PowerMelOptions = Object.freeze({
  melCount: 40,
  fftSize: 400,
  windowSymmetry: 'periodic',
});

const WINDOW_SAMPLES = 400;
const HOP_SAMPLES = 160;

/**
 * Plans the front end. Its frames are centred (`zeros` or `reflect`).
 *
 * Where the transform is longer than the window, zeros follow the window; systems that put the window in the middle
 * of the transform get the same power.
 *
 * The result is linear in power: samples times g give frames times g squared, so a gain that is known only at the end
 * of a recording can still be applied to its frames.
 */
export function planPowerMel(options: PowerMelOptions): FrameAnalyzer {
  const { melCount, fftSize, windowSymmetry } = options;
  const fft = new RealFft(fftSize);
  const windowFunction = hannWindow(WINDOW_SAMPLES, windowSymmetry);
  const bank = slaneyMelFilterBank({
    melCount,
    fftSize,
    sampleRate: SAMPLE_RATE,
    minFrequencyHz: 0,
    maxFrequencyHz: SAMPLE_RATE / 2,
  });
  const windowed = new Float64Array(fftSize);
  const power = new Float64Array(fft.binCount);
  const energies = new Float64Array(melCount);

  function analyze(samples: Float32Array, start: number, out: Float32Array, outOffset: number): void {
    for (let index = 0; index < WINDOW_SAMPLES; index++) {
      windowed[index] = samples[start + index]! * windowFunction[index]!;
    }
    fft.powerSpectrum(windowed, power);
    applyMelFilterBank(bank, power, energies);
    for (let mel = 0; mel < melCount; mel++) out[outOffset + mel] = energies[mel]!;
  }

  return { windowSamples: WINDOW_SAMPLES, hopSamples: HOP_SAMPLES, binCount: melCount, analyze };
}
