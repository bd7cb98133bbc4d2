/**
 * Log mel filter bank of SpeechBrain's ECAPA-TDNN: 80 bins in decibels, at most 80 dB below the loudest value of the
 * utterance, the mean over time subtracted.
 *
 * @see speechbrain `lobes/features.py` (`Fbank`), `processing/features.py` (`STFT`, `Filterbank`, `InputNormalization`)
 */
import { RealFft } from './fft.ts';
import { analyzeFrames, type FrameAnalyzer } from './frame-analyzer.ts';
import { subtractMeanOverTime } from './kaldi-fbank.ts';
import { applyMelFilterBank, type MelFilterBank } from './mel-filter-bank.ts';
import { hammingWindow } from './window-functions.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';

export const ECAPA_MEL_COUNT = 80;

/** Also the size of the transform. */
const WINDOW_SAMPLES = 400;
const HOP_SAMPLES = 160;
const BIN_COUNT = WINDOW_SAMPLES / 2 + 1;
const POWER_FLOOR = 1e-10;
/** `top_db`: everything further below the loudest value of the utterance is cut off. */
const DYNAMIC_RANGE_DB = 80;

/** Frames are centred, over zeros at both ends. */
export function ecapaFrameCountOf(sampleCount: number): number {
  return Math.floor(sampleCount / HOP_SAMPLES) + 1;
}

/**
 * Computes the features of a whole utterance. The floor and the mean are those of the utterance, so features of a part
 * are not a part of the features.
 *
 * @returns [ecapaFrameCountOf(samples.length), 80], row-major
 */
export function ecapaFbank(samples: Float32Array): Float32Array {
  const frameCount = ecapaFrameCountOf(samples.length);
  const features = new Float32Array(frameCount * ECAPA_MEL_COUNT);
  analyzeFrames(planDecibelMel(), samples, 'zeros', features);
  cutRange(features);
  subtractMeanOverTime(features, frameCount, ECAPA_MEL_COUNT);
  return features;
}

/** One frame: periodic Hamming window, power spectrum, triangles, decibels. */
function planDecibelMel(): FrameAnalyzer {
  const fft = new RealFft(WINDOW_SAMPLES);
  const windowFunction = hammingWindow(WINDOW_SAMPLES, 'periodic');
  const bank = speechbrainMelFilterBank();
  const windowed = new Float64Array(WINDOW_SAMPLES);
  const power = new Float64Array(BIN_COUNT);
  const energies = new Float64Array(ECAPA_MEL_COUNT);

  function analyze(samples: Float32Array, start: number, out: Float32Array, outOffset: number): void {
    for (let index = 0; index < WINDOW_SAMPLES; index++) {
      windowed[index] = samples[start + index]! * windowFunction[index]!;
    }
    fft.powerSpectrum(windowed, power);
    applyMelFilterBank(bank, power, energies);
    for (let mel = 0; mel < ECAPA_MEL_COUNT; mel++) {
      out[outOffset + mel] = 10 * Math.log10(Math.max(energies[mel]!, POWER_FLOOR));
    }
  }

  return { windowSamples: WINDOW_SAMPLES, hopSamples: HOP_SAMPLES, binCount: ECAPA_MEL_COUNT, analyze };
}

/**
 * SpeechBrain's triangles: centres equally spaced on 2595 log10(1 + f / 700) from 0 to 8000 Hz, peak one. Both slopes
 * are as steep as the gap to the LEFT neighbour says, so a triangle ends before the centre of its right neighbour; the
 * network was trained on that.
 */
export function speechbrainMelFilterBank(): MelFilterBank {
  const top = melOfHz(SAMPLE_RATE / 2);
  const edges = Array.from({ length: ECAPA_MEL_COUNT + 2 }, (_, index) =>
    hzOfMel((index * top) / (ECAPA_MEL_COUNT + 1)),
  );
  const firstBins = new Int32Array(ECAPA_MEL_COUNT);
  const offsets = new Int32Array(ECAPA_MEL_COUNT + 1);
  const weights: number[] = [];
  for (let mel = 0; mel < ECAPA_MEL_COUNT; mel++) {
    const centre = edges[mel + 1]!;
    const band = centre - edges[mel]!;
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      const hz = (bin * SAMPLE_RATE) / WINDOW_SAMPLES;
      const weight = 1 - Math.abs(hz - centre) / band;
      if (weight <= 0) continue;
      if (weights.length === offsets[mel]!) firstBins[mel] = bin;
      weights.push(weight);
    }
    offsets[mel + 1] = weights.length;
  }
  return { melCount: ECAPA_MEL_COUNT, firstBins, offsets, weights: Float64Array.from(weights) };
}

function melOfHz(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function hzOfMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

function cutRange(decibels: Float32Array): void {
  let loudest = -Infinity;
  for (let index = 0; index < decibels.length; index++) loudest = Math.max(loudest, decibels[index]!);
  const floor = loudest - DYNAMIC_RANGE_DB;
  for (let index = 0; index < decibels.length; index++) decibels[index] = Math.max(decibels[index]!, floor);
}
