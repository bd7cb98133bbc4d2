/** Decoded audio at its own rate, with its own channels: what readers and decoders hand to the resampler. */
export type PcmStream = {
  readonly sampleRate: number;
  readonly channels: number;
  /** Length by the header, when the header says one; an estimate for progress, never trusted. */
  readonly expectedSeconds: number | undefined;
  /** Interleaved samples, whole frames, at most half a second; each block is overwritten by the next. Iterated once. */
  readonly blocks: AsyncIterable<Float32Array>;
  /** As `AudioStream.close`, by the same law. */
  readonly close: () => Promise<void>;
};

/** Longest block in frames: half a second, and not more than 16,384 samples over all channels. */
export function maxBlockFrames(sampleRate: number, channels: number): number {
  return Math.max(1, Math.min(Math.floor(sampleRate / 2), Math.floor(16_384 / channels)));
}
