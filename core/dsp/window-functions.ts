/**
 * Tapers for analysis windows, in double precision.
 *
 * `periodic` is one period of the cosine sampled `length` times, as librosa, torch and Whisper take it; `symmetric` has
 * its first and last value equal, as Kaldi and NeMo take it.
 */
export type WindowSymmetry = 'periodic' | 'symmetric';

/** 0.5 - 0.5 cos. */
export function hannWindow(length: number, symmetry: WindowSymmetry): Float64Array {
  return raisedCosine(length, symmetry, 0.5);
}

/** 0.54 - 0.46 cos, the rounded coefficients that Kaldi, NumPy and torch share. */
export function hammingWindow(length: number, symmetry: WindowSymmetry): Float64Array {
  return raisedCosine(length, symmetry, 0.54);
}

/** Kaldi's own: a symmetric Hann to the power of 0.85 (`feature-window.cc`). */
export function poveyWindow(length: number): Float64Array {
  return hannWindow(length, 'symmetric').map((value) => value ** 0.85);
}

function raisedCosine(length: number, symmetry: WindowSymmetry, offset: number): Float64Array {
  const period = symmetry === 'periodic' ? length : length - 1;
  const window = new Float64Array(length).fill(1);
  if (period < 1) return window;
  for (let index = 0; index < length; index++) {
    window[index] = offset - (1 - offset) * Math.cos((2 * Math.PI * index) / period);
  }
  return window;
}
