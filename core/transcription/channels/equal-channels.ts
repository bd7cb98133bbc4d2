/** Do two channels of a recording hold the same sound, so that taking each for a speaker hears everything twice? */
import type { AudioWarning } from '../../audio/audio-warning.ts';

/** Enough samples to know, at a stride that no pitch keeps to. */
const STRIDE_SAMPLES = 7;
/**
 * 2·|⟨a, b⟩| / (|a|² + |b|²), which is 1 for equal channels and for opposite ones. The two sides of a call through
 * which each hears the other at half the level come to 0.8; a side with an echo at a tenth of it to 0.2.
 */
const LEAST_LIKENESS = 0.95;

/** Compares the channels of a recording, pair by pair; a few numbers, whatever its length. */
export class ChannelLikeness {
  readonly #channels: number;
  /** [channels, channels]: sums of products; of each pair one is used. */
  readonly #products: Float64Array;
  #offset = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#products = new Float64Array(channels * channels);
  }

  /** @param block for each channel the next samples, all equally long */
  push(block: readonly Float32Array[]): void {
    const length = block[0]?.length ?? 0;
    let at = this.#offset;
    for (; at < length; at += STRIDE_SAMPLES) {
      for (let first = 0; first < block.length; first++) {
        const value = block[first]![at]!;
        if (value === 0) continue;
        for (let second = 0; second <= first; second++)
          this.#products[first * this.#channels + second]! += value * block[second]![at]!;
      }
    }
    this.#offset = at - length;
  }

  /** Pairs of channels, counted from 0, that hold the same. */
  equalPairs(): [number, number][] {
    const pairs: [number, number][] = [];
    for (let first = 0; first < this.#channels; first++)
      for (let second = first + 1; second < this.#channels; second++)
        if (this.#likeness(first, second) >= LEAST_LIKENESS) pairs.push([first, second]);
    return pairs;
  }

  #likeness(first: number, second: number): number {
    const [a, b] = [this.#product(first, first), this.#product(second, second)];
    return a + b === 0 ? 0 : (2 * Math.abs(this.#product(second, first))) / (a + b);
  }

  #product(later: number, earlier: number): number {
    return this.#products[later * this.#channels + earlier]!;
  }
}

/** Says which channels hold the same; `undefined` where none do. */
export function equalChannelsWarning(likeness: ChannelLikeness): AudioWarning | undefined {
  const pairs = likeness.equalPairs();
  if (pairs.length === 0) return undefined;
  const named = pairs.map(([first, second]) => `${first} and ${second}`).join(', ');
  return {
    code: 'equal_channels',
    message:
      `Channels ${named} hold the same sound, but each was taken for a speaker of its own, as asked: every word is ` +
      'there twice. Take the channels together (mix), which tells speakers apart by their voices.',
  };
}
