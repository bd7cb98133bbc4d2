import type { Segment } from '../../timeline/turns.ts';
import { secondsToSamples } from '../../timeline/sliding-window.ts';

/** Short against a word, long against a pitch period. */
const FRAME_SECONDS = 0.1;
const FRAME_SAMPLES = secondsToSamples(FRAME_SECONDS);

/** Digital silence has no logarithm. */
const LEAST_POWER = 1e-10;

/** How loud each channel of a recording is, every tenth of a second; a few bytes for each, whatever the length. */
export class ChannelLevels {
  readonly #powers: number[][];
  readonly #sums: Float64Array;
  #filledSamples = 0;

  constructor(channelCount: number) {
    this.#powers = Array.from({ length: channelCount }, () => []);
    this.#sums = new Float64Array(channelCount);
  }

  get channelCount(): number {
    return this.#powers.length;
  }

  /** Complete frames so far. */
  get frameCount(): number {
    return this.#powers[0]?.length ?? 0;
  }

  /** @param block for each channel the next samples at 16 kHz, all equally long */
  push(block: readonly Float32Array[]): void {
    const length = block[0]?.length ?? 0;
    for (let from = 0; from < length;) {
      const to = Math.min(length, from + FRAME_SAMPLES - this.#filledSamples);
      for (let channel = 0; channel < block.length; channel++) {
        this.#sums[channel]! += energy(block[channel]!, from, to);
      }
      this.#filledSamples += to - from;
      from = to;
      if (this.#filledSamples === FRAME_SAMPLES) this.#closeFrame();
    }
  }

  /** Level of a frame in dB below full scale. */
  decibels(channel: number, frame: number): number {
    return toDecibels(this.#powers[channel]![frame]!);
  }

  /** Mean level of the frames that a segment touches; that of silence where it lies outside. */
  meanDecibels(channel: number, { startSeconds, endSeconds }: Segment): number {
    const first = Math.floor(secondsToSamples(startSeconds) / FRAME_SAMPLES);
    const end = Math.max(first + 1, Math.ceil(secondsToSamples(endSeconds) / FRAME_SAMPLES));
    const powers = this.#powers[channel]!.slice(first, end);
    return toDecibels(powers.reduce((sum, power) => sum + power, 0) / Math.max(1, powers.length));
  }

  #closeFrame(): void {
    for (const [channel, powers] of this.#powers.entries()) powers.push(this.#sums[channel]! / FRAME_SAMPLES);
    this.#sums.fill(0);
    this.#filledSamples = 0;
  }
}

function energy(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!;
  return sum;
}

function toDecibels(power: number): number {
  return 10 * Math.log10(Math.max(power, LEAST_POWER));
}
