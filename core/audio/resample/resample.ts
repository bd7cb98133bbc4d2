import type { ResamplerPlan } from './resampler-plan.ts';
import { resampledLength } from './resampler-plan.ts';

/** Input samples taken in one turn: bounds the buffer; the result does not depend on it. */
const TURN_SAMPLES = 16_384;

/**
 * Streaming resampler of one channel: a polyphase filter without delay (output k lies at k / outputRate seconds).
 *
 * The output is the same, bit for bit, however the input is cut: each output sample is one sum over the same
 * input samples in the same order. Before the start and after the end the signal counts as zero.
 */
export class Resampler {
  readonly #plan: ResamplerPlan;
  /** Input samples that later outputs need, oldest first. */
  readonly #buffer: Float64Array;
  #filled: number;
  /** Where the filter of the next output sample begins in `#buffer`; may lie beyond `#filled`. */
  #start = 0;
  /** Remainder of the position of the next output sample, in 1/phases of an input sample. */
  #phase = 0;
  #inputSamples = 0;
  #outputSamples = 0;

  constructor(plan: ResamplerPlan) {
    this.#plan = plan;
    this.#buffer = new Float64Array(plan.taps + TURN_SAMPLES);
    this.#filled = plan.taps / 2 - 1;
  }

  /** Takes the next samples and returns what is complete: a fresh array, perhaps empty. */
  push(input: Float32Array): Float32Array {
    this.#inputSamples += input.length;
    return this.#feed(input);
  }

  /** Ends the signal and returns the rest, so that round(n · out / in) samples came out in all. */
  finish(): Float32Array {
    const missing = resampledLength(this.#plan, this.#inputSamples) - this.#outputSamples;
    return this.#feed(new Float32Array(this.#plan.taps / 2 + 1)).slice(0, missing);
  }

  #feed(input: Float32Array): Float32Array {
    const output = new Float32Array(this.#readyOutputs(input.length));
    let written = 0;
    for (let offset = 0; offset < input.length; offset += TURN_SAMPLES) {
      const turn = input.subarray(offset, Math.min(offset + TURN_SAMPLES, input.length));
      this.#makeRoom();
      this.#buffer.set(turn, this.#filled);
      this.#filled += turn.length;
      written += this.#run(output, written);
    }
    this.#outputSamples += written;
    return output;
  }

  /** Outputs whose filter lies inside the buffer once `more` input samples have been added. */
  #readyOutputs(more: number): number {
    const { phases, step, taps } = this.#plan;
    const positions = (this.#filled + more - taps - this.#start + 1) * phases - this.#phase;
    return Math.max(0, Math.ceil(positions / step));
  }

  /** Drops what no later output needs. */
  #makeRoom(): void {
    const dropped = Math.min(this.#start, this.#filled);
    this.#buffer.copyWithin(0, dropped, this.#filled);
    this.#filled -= dropped;
    this.#start -= dropped;
  }

  #run(output: Float32Array, offset: number): number {
    const { phases, step } = this.#plan;
    const count = this.#readyOutputs(0);
    let done = 0;
    if (!this.#plan.interpolated) {
      // Outputs that are `phases` apart use the same row: four of them share its loads (1.6 times faster).
      for (; done + 4 * phases <= count; done += 4 * phases) {
        for (let k = done; k < done + phases; k++) this.#writeFour(k, output, offset + k);
      }
    }
    for (let k = done; k < count; k++) output[offset + k] = this.#one(k);
    const position = this.#phase + count * step;
    this.#phase = position % phases;
    this.#start += (position - this.#phase) / phases;
    return count;
  }

  /** Output k from now, alone. */
  #one(k: number): number {
    const { coefficients, taps, phases, step, rows, interpolated } = this.#plan;
    const position = this.#phase + k * step;
    const phase = position % phases;
    const start = this.#start + (position - phase) / phases;
    if (!interpolated) return dot(coefficients, phase * taps, this.#buffer, start, taps);
    const place = (phase * rows) / phases;
    const row = Math.floor(place);
    const lower = dot(coefficients, row * taps, this.#buffer, start, taps);
    const upper = dot(coefficients, (row + 1) * taps, this.#buffer, start, taps);
    return lower + (place - row) * (upper - lower);
  }

  /** Outputs k, k + phases, k + 2·phases and k + 3·phases from now: the same sums as `#one`, in the same order. */
  #writeFour(k: number, output: Float32Array, at: number): void {
    const { coefficients, taps, phases, step } = this.#plan;
    const position = this.#phase + k * step;
    const phase = position % phases;
    const start = this.#start + (position - phase) / phases;
    dotFour(coefficients, phase * taps, taps, this.#buffer, start, step, output, at, phases);
  }
}

/** Dot product over an even `length` in two running sums: one would wait for the adder. */
function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < length; i += 2) {
    even += a[aStart + i]! * b[bStart + i]!;
    odd += a[aStart + i + 1]! * b[bStart + i + 1]!;
  }
  return even + odd;
}

/** Four times `dot` with the same `a`: at bStart, bStart + bStep …, written to out[at], out[at + outStep] … */
function dotFour(
  a: Float64Array,
  aStart: number,
  length: number,
  b: Float64Array,
  bStart: number,
  bStep: number,
  out: Float32Array,
  at: number,
  outStep: number,
): void {
  const b1 = bStart + bStep;
  const b2 = b1 + bStep;
  const b3 = b2 + bStep;
  let even0 = 0;
  let even1 = 0;
  let even2 = 0;
  let even3 = 0;
  let odd0 = 0;
  let odd1 = 0;
  let odd2 = 0;
  let odd3 = 0;
  for (let i = 0; i < length; i += 2) {
    const even = a[aStart + i]!;
    const odd = a[aStart + i + 1]!;
    even0 += even * b[bStart + i]!;
    odd0 += odd * b[bStart + i + 1]!;
    even1 += even * b[b1 + i]!;
    odd1 += odd * b[b1 + i + 1]!;
    even2 += even * b[b2 + i]!;
    odd2 += odd * b[b2 + i + 1]!;
    even3 += even * b[b3 + i]!;
    odd3 += odd * b[b3 + i + 1]!;
  }
  out[at] = even0 + odd0;
  out[at + outStep] = even1 + odd1;
  out[at + 2 * outStep] = even2 + odd2;
  out[at + 3 * outStep] = even3 + odd3;
}
