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
   * Gives back the file, the decoder process and temporary files. Happens by itself when the iteration of
   * `blocks` ends, fails or is left; needed only for a source that is never iterated.
   */
  readonly close: () => Promise<void>;
};
