/**
 * Audio inside the core: 16 kHz mono float samples that arrive as a stream of blocks of any size.
 * Nothing downstream may depend on how the stream is cut.
 */
export type AudioBlocks = AsyncIterable<Float32Array>;

/** What is known about a source before all of it was read. */
export type AudioStream = {
  /**
   * 16 kHz mono samples, full scale 1 (float files and the ripple of the resampler may exceed it a little), in
   * blocks of at most one second. Each block is a fresh array that the receiver owns. May be iterated once.
   * Ends early with an error when the source is corrupt.
   */
  readonly blocks: AudioBlocks;
  /** Length by the header, when the header says one; an estimate for progress, never trusted. */
  readonly expectedSeconds: number | undefined;
  readonly sourceSampleRate: number;
  readonly sourceChannels: number;
  /**
   * Gives back the file, the decoder process and temporary files; at any time, and harmless when it happened already.
   *
   * A function that is handed an `AudioStream` closes it, whatever comes of its work; whoever opens one and hands it
   * on to nobody closes it. The end of the iteration of `blocks`, however it comes, closes it too.
   */
  readonly close: () => Promise<void>;
};
