/**
 * True peak: the largest value between samples as well, found on a grid four times as fine.
 *
 * @see ITU-R BS.1770-4, Annex 2. The filter of its example has 12 taps a phase; this one has 24.
 */
import { InvalidInputError } from '../errors.ts';
import { besselI0 } from '../math/bessel.ts';

/** Samples on either side that an interpolated value depends on. */
const HALF_TAPS = 12;
const TAPS = 2 * HALF_TAPS;
/** Flat within 0.05 dB up to 0.42 of the sample rate. */
const KAISER_BETA = 5;

/** The samples that the next interpolated values depend on, in a ring. */
type History = {
  /** Every sample stands at two places, `TAPS` apart, so that a window of them is always contiguous. */
  readonly samples: Float64Array;
  /** How many more samples can still lead to a new peak. */
  liveSamples: number;
};

/** Measures the true peak of all channels block by block; the result does not depend on how the recording is cut. */
export class TruePeakMeter {
  readonly #sampleRate: number;
  readonly #channels: number;
  readonly #phases: readonly Float64Array[];
  readonly #largestGain: number;
  #histories: readonly History[];
  #position = 0;
  #peak = 0;

  /** @throws InvalidInputError `invalid_option` when there is no sample rate or no channel */
  constructor({ sampleRate, channels }: { readonly sampleRate: number; readonly channels: number }) {
    if (!(sampleRate > 0) || !Number.isInteger(channels) || channels < 1) {
      throw new InvalidInputError(
        'invalid_option',
        `True peak needs a sample rate and channels; there are ${sampleRate} Hz and ${channels} channels.`,
      );
    }
    this.#sampleRate = sampleRate;
    this.#channels = channels;
    this.#phases = interpolationPhases(oversamplingOf(sampleRate));
    this.#largestGain = Math.max(1, ...this.#phases.map(largestGainOf));
    this.#histories = Array.from({ length: channels }, () => ({
      samples: new Float64Array(2 * TAPS),
      liveSamples: 0,
    }));
  }

  /** @param block interleaved samples, whole frames */
  push(block: Float32Array): void {
    const channels = this.#channels;
    const frames = Math.floor(block.length / channels);
    for (let frame = 0; frame < frames; frame++) {
      for (let channel = 0; channel < channels; channel++) {
        this.#take(this.#histories[channel]!, block[frame * channels + channel]!);
      }
      this.#position = (this.#position + 1) % TAPS;
    }
  }

  /** True peak so far in dB over full scale, as if silence followed; minus infinity for silence. */
  truePeakDbtp(): number {
    const ending = new TruePeakMeter({ sampleRate: this.#sampleRate, channels: this.#channels });
    ending.#histories = this.#histories.map((history) => ({ ...history, samples: history.samples.slice() }));
    ending.#position = this.#position;
    ending.#peak = this.#peak;
    ending.push(new Float32Array(HALF_TAPS * this.#channels));
    return 20 * Math.log10(ending.#peak);
  }

  #take(history: History, sample: number): void {
    const { samples } = history;
    samples[this.#position] = sample;
    samples[this.#position + TAPS] = sample;
    const magnitude = Math.abs(sample);
    // Where no sample of a window is large enough, no value between them exceeds the peak: most windows are skipped.
    if (magnitude * this.#largestGain > this.#peak) history.liveSamples = TAPS;
    if (magnitude > this.#peak) this.#peak = magnitude;
    if (history.liveSamples === 0) return;
    history.liveSamples--;
    for (const phase of this.#phases) {
      let value = 0;
      for (let tap = 0; tap < TAPS; tap++) value += phase[tap]! * samples[this.#position + 1 + tap]!;
      this.#peak = Math.max(this.#peak, Math.abs(value));
    }
  }
}

/** Four times up to 96 kHz, then what reaches 192 kHz (Annex 2 asks for at least that). */
function oversamplingOf(sampleRate: number): number {
  if (sampleRate >= 192_000) return 1;
  return sampleRate >= 96_000 ? 2 : 4;
}

/** For each place between two samples a Kaiser-windowed sinc of gain one; the samples themselves need none. */
function interpolationPhases(oversampling: number): Float64Array[] {
  return Array.from({ length: oversampling - 1 }, (_, index) => {
    const fraction = (index + 1) / oversampling;
    const phase = Float64Array.from({ length: TAPS }, (_value, tap) => {
      const distance = tap - (HALF_TAPS - 1) - fraction;
      const taper = besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - (distance / HALF_TAPS) ** 2)));
      return (taper * Math.sin(Math.PI * distance)) / (Math.PI * distance);
    });
    const gain = phase.reduce((sum, value) => sum + value, 0);
    return phase.map((value) => value / gain);
  });
}

function largestGainOf(phase: Float64Array): number {
  return phase.reduce((sum, value) => sum + Math.abs(value), 0);
}
