/**
 * Triangular filters on the mel scale, stored as bands: each filter keeps only its non-zero weights, which makes
 * applying it about twenty times cheaper than a dense matrix.
 */

/** Filters over the bins of a power spectrum. Filter m weighs bins `firstBins[m]` onwards. */
export type MelFilterBank = {
  readonly melCount: number;
  readonly firstBins: Int32Array;
  /** Filter m owns `weights[offsets[m]]` up to, not including, `weights[offsets[m + 1]]`. */
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
};

/** Geometry of a filter bank. */
export type MelFilterBankOptions = {
  readonly melCount: number;
  readonly fftSize: number;
  readonly sampleRate: number;
  readonly minFrequencyHz: number;
  readonly maxFrequencyHz: number;
};

/**
 * Filters of Slaney's auditory toolbox: mel scale linear below 1 kHz and logarithmic above, triangles in Hz, each of
 * area one. Used by GE2E, Whisper and NeMo; equals `librosa.filters.mel(htk=False, norm='slaney')`.
 */
export function slaneyMelFilterBank(options: MelFilterBankOptions): MelFilterBank {
  const { fftSize, sampleRate } = options;
  const edges = melEdges(options, slaneyMelOfHz).map(slaneyHzOfMel);
  return triangularFilters(edges, fftSize / 2 + 1, (bin) => (bin * sampleRate) / fftSize, slaneyArea);
}

/**
 * Filters of Kaldi: 1127 ln(1 + f / 700), triangles in mel with a peak of one, the Nyquist bin unused. Equals
 * `torchaudio.compliance.kaldi.get_mel_banks` without vocal tract warping.
 */
export function kaldiMelFilterBank(options: MelFilterBankOptions): MelFilterBank {
  const { fftSize, sampleRate } = options;
  return triangularFilters(
    melEdges(options, kaldiMelOfHz),
    fftSize / 2,
    (bin) => kaldiMelOfHz((bin * sampleRate) / fftSize),
    () => 1,
  );
}

/**
 * Weighs a power spectrum.
 *
 * @param power bins of the spectrum for which the bank was made
 * @param out   `melCount` values; overwritten
 */
export function applyMelFilterBank(bank: MelFilterBank, power: Float64Array, out: Float64Array): void {
  const { melCount, firstBins, offsets, weights } = bank;
  for (let mel = 0; mel < melCount; mel++) {
    const end = offsets[mel + 1]!;
    let bin = firstBins[mel]!;
    let sum = 0;
    for (let index = offsets[mel]!; index < end; index++, bin++) sum += weights[index]! * power[bin]!;
    out[mel] = sum;
  }
}

/** `melCount + 2` equally spaced values: filter m rises from m, peaks at m + 1 and falls to m + 2. */
function melEdges(options: MelFilterBankOptions, melOfHz: (hz: number) => number): number[] {
  const { melCount, minFrequencyHz, maxFrequencyHz } = options;
  const low = melOfHz(minFrequencyHz);
  const step = (melOfHz(maxFrequencyHz) - low) / (melCount + 1);
  return Array.from({ length: melCount + 2 }, (_, index) => low + index * step);
}

function triangularFilters(
  edges: readonly number[],
  binCount: number,
  positionOfBin: (bin: number) => number,
  peakOf: (left: number, right: number) => number,
): MelFilterBank {
  const melCount = edges.length - 2;
  const firstBins = new Int32Array(melCount);
  const offsets = new Int32Array(melCount + 1);
  const weights: number[] = [];
  for (let mel = 0; mel < melCount; mel++) {
    const [left, center, right] = [edges[mel]!, edges[mel + 1]!, edges[mel + 2]!];
    for (let bin = 0; bin < binCount; bin++) {
      const position = positionOfBin(bin);
      const weight = Math.min((position - left) / (center - left), (right - position) / (right - center));
      if (weight <= 0) continue;
      if (weights.length === offsets[mel]!) firstBins[mel] = bin;
      weights.push(weight * peakOf(left, right));
    }
    offsets[mel + 1] = weights.length;
  }
  return { melCount, firstBins, offsets, weights: Float64Array.from(weights) };
}

/** Peak of a triangle of area one over `right - left`. */
function slaneyArea(left: number, right: number): number {
  return 2 / (right - left);
}

const SLANEY_HZ_PER_MEL = 200 / 3;
const SLANEY_BREAK_HZ = 1000;
const SLANEY_BREAK_MEL = SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL;
const SLANEY_LOG_STEP = Math.log(6.4) / 27;

function slaneyMelOfHz(hz: number): number {
  if (hz < SLANEY_BREAK_HZ) return hz / SLANEY_HZ_PER_MEL;
  return SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
}

function slaneyHzOfMel(mel: number): number {
  if (mel < SLANEY_BREAK_MEL) return mel * SLANEY_HZ_PER_MEL;
  return SLANEY_BREAK_HZ * Math.exp(SLANEY_LOG_STEP * (mel - SLANEY_BREAK_MEL));
}

function kaldiMelOfHz(hz: number): number {
  return 1127 * Math.log(1 + hz / 700);
}
