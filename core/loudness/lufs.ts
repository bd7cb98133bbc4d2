/**
 * Loudness after ITU-R BS.1770-4 and EBU R 128: momentary (400 ms), short-term (3 s), integrated with gating, range.
 */
import { InvalidInputError } from '../errors.ts';
import { integratedLoudness, loudnessRange, lufsOfPower } from './gating.ts';
import { designKWeighting, type KWeighting } from './k-weighting.ts';

export type LufsMeterOptions = {
  readonly sampleRate: number;
  readonly channels: number;
  /** Weight of each channel's power; by `defaultChannelWeights` when absent. */
  readonly channelWeights?: readonly number[];
  /** False takes the filters as other tools do, which read up to 0.04 dB more at 16 kHz. */
  readonly calibrate?: boolean;
};

/** Windows advance by this. */
const STEPS_PER_SECOND = 10;
const MOMENTARY_STEPS = 4;
const SHORT_TERM_STEPS = 30;
/** Below this a filter's memory is silence; left alone it would end as denormal numbers, which are slow. */
const SILENT_STATE = 1e-30;
const STATES_PER_CHANNEL = 4;

/** 5.0 and 5.1 in the order of WAV (L R C [LFE] Ls Rs): surround counts 1.5 dB more, LFE not at all; else all equal. */
export function defaultChannelWeights(channels: number): readonly number[] {
  if (channels === 5) return [1, 1, 1, 1.41, 1.41];
  if (channels === 6) return [1, 1, 1, 0, 1.41, 1.41];
  return new Array<number>(channels).fill(1);
}

/**
 * Measures a recording block by block; results do not depend on how it is cut and may be asked for at any time.
 *
 * Only complete windows count, as the standard says. Memory grows by 288 kB an hour. Samples are finite: decoders
 * refuse others.
 */
export class LufsMeter {
  readonly #sampleRate: number;
  readonly #channels: number;
  readonly #weights: readonly number[];
  readonly #filters: KWeighting;
  readonly #states: Float64Array;
  /** Weighted energy of each complete step of 100 ms. */
  readonly #stepEnergies: number[] = [];
  /** Energy of each channel in the step that is being filled, apart so that sums do not depend on blocks. */
  readonly #energies: Float64Array;
  #frameCount = 0;

  /** @throws InvalidInputError `invalid_option` for rates, channel counts and weights that do not make sense */
  constructor(options: LufsMeterOptions) {
    const { sampleRate, channels, channelWeights, calibrate = true } = options;
    this.#weights = channelWeights ?? (channels >= 1 ? defaultChannelWeights(Math.floor(channels)) : []);
    if (!Number.isInteger(channels) || channels < 1 || this.#weights.length !== channels) {
      throw new InvalidInputError(
        'invalid_option',
        `Loudness needs at least one channel and a weight for each; there are ${channels} channels and ${this.#weights.length} weights.`,
      );
    }
    const filters = designKWeighting(sampleRate);
    this.#sampleRate = sampleRate;
    this.#channels = channels;
    this.#filters = calibrate ? filters : { ...filters, calibration: 1 };
    this.#energies = new Float64Array(channels);
    this.#states = new Float64Array(STATES_PER_CHANNEL * channels);
  }

  /** @param block interleaved samples, whole frames */
  push(block: Float32Array): void {
    const frames = Math.floor(block.length / this.#channels);
    for (let frame = 0; frame < frames;) {
      const stepEnd = this.#stepStart(this.#stepEnergies.length + 1);
      const end = Math.min(frames, frame + stepEnd - this.#frameCount);
      this.#measure(block, frame, end);
      this.#frameCount += end - frame;
      frame = end;
      if (this.#frameCount === stepEnd) this.#endStep();
    }
  }

  /** Loudness of every complete 400 ms window, one each 100 ms. */
  momentaryLufs(): Float64Array {
    return Float64Array.from(this.#windowPowers(MOMENTARY_STEPS), lufsOfPower);
  }

  /** Loudness of every complete 3 s window, one each 100 ms. */
  shortTermLufs(): Float64Array {
    return Float64Array.from(this.#windowPowers(SHORT_TERM_STEPS), lufsOfPower);
  }

  /** The latest complete 400 ms window, for a live display; undefined before the first. */
  latestMomentaryLufs(): number | undefined {
    const first = this.#stepEnergies.length - MOMENTARY_STEPS;
    return first < 0 ? undefined : lufsOfPower(this.#windowPower(first, MOMENTARY_STEPS));
  }

  /** Gated loudness so far: undefined below 400 ms, minus infinity when nothing is above -70 LUFS. */
  integratedLufs(): number | undefined {
    const powers = this.#windowPowers(MOMENTARY_STEPS);
    return powers.length === 0 ? undefined : integratedLoudness(powers);
  }

  /** Loudness range so far, undefined below 3 s. */
  loudnessRangeLu(): number | undefined {
    const powers = this.#windowPowers(SHORT_TERM_STEPS);
    return powers.length === 0 ? undefined : loudnessRange(powers);
  }

  /** First frame of a step, also at rates that 10 does not divide. */
  #stepStart(step: number): number {
    return Math.floor((step * this.#sampleRate) / STEPS_PER_SECOND);
  }

  #measure(block: Float32Array, start: number, end: number): void {
    const channels = this.#channels;
    for (let channel = 0; channel < channels; channel++) {
      if (this.#weights[channel] === 0) continue;
      const states = this.#states.subarray(STATES_PER_CHANNEL * channel, STATES_PER_CHANNEL * (channel + 1));
      const samples = { block, start: start * channels + channel, end: end * channels, stride: channels };
      this.#energies[channel] = addEnergy(this.#energies[channel]!, this.#filters, states, samples);
    }
  }

  #endStep(): void {
    const energy = this.#energies.reduce((sum, value, channel) => sum + this.#weights[channel]! * value, 0);
    this.#stepEnergies.push(energy * this.#filters.calibration);
    this.#energies.fill(0);
    for (let index = 0; index < this.#states.length; index++) {
      if (Math.abs(this.#states[index]!) < SILENT_STATE) this.#states[index] = 0;
    }
  }

  #windowPowers(steps: number): number[] {
    const count = Math.max(0, this.#stepEnergies.length - steps + 1);
    return Array.from({ length: count }, (_, first) => this.#windowPower(first, steps));
  }

  #windowPower(first: number, steps: number): number {
    let energy = 0;
    for (let step = first; step < first + steps; step++) energy += this.#stepEnergies[step]!;
    return energy / (this.#stepStart(first + steps) - this.#stepStart(first));
  }
}

type Samples = {
  readonly block: Float32Array;
  readonly start: number;
  readonly end: number;
  readonly stride: number;
};

/** Runs both filters (transposed direct form II) over one channel and adds the squares of what comes out. */
function addEnergy(energy: number, filters: KWeighting, states: Float64Array, samples: Samples): number {
  const { shelf, highPass } = filters;
  const { block, start, end, stride } = samples;
  let [s1, s2, h1, h2] = [states[0]!, states[1]!, states[2]!, states[3]!];
  let sum = energy;
  for (let index = start; index < end; index += stride) {
    const x = block[index]!;
    const y = shelf.b0 * x + s1;
    s1 = shelf.b1 * x - shelf.a1 * y + s2;
    s2 = shelf.b2 * x - shelf.a2 * y;
    const z = highPass.b0 * y + h1;
    h1 = highPass.b1 * y - highPass.a1 * z + h2;
    h2 = highPass.b2 * y - highPass.a2 * z;
    sum += z * z;
  }
  states.set([s1, s2, h1, h2]);
  return sum;
}
