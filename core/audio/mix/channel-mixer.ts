import { channelSigns } from './channel-signs.ts';

/** Long against a pitch period; a change of phase inside is missed by as much at most. */
const SEGMENT_SECONDS = 0.5;
/** Of all channels together, so that many of them take no more memory. */
const MAX_SEGMENT_SAMPLES = 2 ** 20;
/** A channel is turned over in this time, without a click. */
const TURN_SECONDS = 0.01;

/**
 * The mean of all channels, taken in double precision, channel by channel from the first.
 *
 * Where channels are opposite in phase (a balanced line wired the wrong way, a microphone turned over), their mean would
 * be silence: there the opposite ones are turned over first. All other recordings come out as the plain mean. Works on
 * stretches of the recording, never on blocks, so that these change nothing.
 */
export class ChannelMixer {
  readonly #channels: number;
  readonly #sampleRate: number;
  /** [segmentFrames, channels] */
  readonly #segment: Float32Array;
  readonly #turnFrames: number;
  #filled = 0;
  #signs: readonly number[];
  #mixedFrames = 0;
  #turnedFrames = 0;

  constructor(channels: number, sampleRate: number) {
    const frames = Math.min(
      Math.round(SEGMENT_SECONDS * sampleRate),
      Math.floor(MAX_SEGMENT_SAMPLES / channels),
    );
    this.#channels = channels;
    this.#sampleRate = sampleRate;
    this.#segment = new Float32Array(Math.max(1, frames) * channels);
    this.#turnFrames = Math.round(TURN_SECONDS * sampleRate);
    this.#signs = new Array<number>(channels).fill(1);
  }

  /** How long channels had to be turned over so far. */
  get oppositeSeconds(): number {
    return this.#turnedFrames / this.#sampleRate;
  }

  /** How much has been mixed so far. */
  get mixedSeconds(): number {
    return this.#mixedFrames / this.#sampleRate;
  }

  /**
   * @param frames the next interleaved samples, whole frames, any number
   * @returns the mix of the stretches that are complete, a fresh array
   */
  push(frames: Float32Array): Float32Array {
    const segment = this.#segment;
    const done = Math.floor((this.#filled + frames.length) / segment.length);
    const mixed = new Float32Array((done * segment.length) / this.#channels);
    let written = 0;
    for (let from = 0; from < frames.length;) {
      const part = frames.subarray(from, from + segment.length - this.#filled);
      segment.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled < segment.length) break;
      this.#mix(segment, mixed.subarray(written));
      written += segment.length / this.#channels;
      this.#filled = 0;
    }
    return mixed;
  }

  /** The mix of what is left. */
  finish(): Float32Array {
    const rest = this.#segment.subarray(0, this.#filled);
    const mixed = new Float32Array(rest.length / this.#channels);
    if (mixed.length > 0) this.#mix(rest, mixed);
    this.#filled = 0;
    return mixed;
  }

  #mix(segment: Float32Array, output: Float32Array): void {
    const channels = this.#channels;
    const frameCount = segment.length / channels;
    const before = this.#signs;
    const signs = channelSigns(segment, before);
    const isSame = signs.every((sign, channel) => sign === before[channel]);
    const turnFrames = isSame || this.#mixedFrames === 0 ? 0 : this.#turnFrames;
    for (let i = 0; i < frameCount; i++) {
      const turned = i < turnFrames ? i / turnFrames : 1;
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        const weight =
          turned === 1 ? signs[channel]! : before[channel]! + (signs[channel]! - before[channel]!) * turned;
        sum += weight * segment[i * channels + channel]!;
      }
      output[i] = sum / channels;
    }
    this.#signs = signs;
    this.#mixedFrames += frameCount;
    if (signs.includes(-1)) this.#turnedFrames += frameCount;
  }
}
