import type { SlidingWindow } from '../timeline/sliding-window.ts';

/**
 * What the models saw in a recording: the hand-over from OBSERVE to RESOLVE, and all that clustering needs.
 *
 * A recording is cut into overlapping chunks (10 s every 1 s by default). In each, up to `localSpeakerCount`
 * speakers are told apart by frame; a local speaker's number means nothing outside its chunk.
 */
export type Observations = {
  /** Length of the recording, in 16 kHz samples. */
  readonly sampleCount: number;
  readonly chunkCount: number;
  /** Chunk grid in samples; chunk k starts at `k * chunkHopSamples`; the last one may reach past the end (zeros). */
  readonly chunkSamples: number;
  readonly chunkHopSamples: number;
  /** Frame grid of one chunk, in seconds from the chunk's start. */
  readonly frameGrid: SlidingWindow;
  readonly framesPerChunk: number;
  readonly localSpeakerCount: number;
  /** [chunkCount, framesPerChunk], row-major; bit s is set where local speaker s is active. */
  readonly activity: Uint8Array;
  readonly embeddingDimension: number;
  /**
   * Without `scales`: [chunkCount, localSpeakerCount, embeddingDimension], row-major; a row of NaN where no embedding
   * could be made. With them: [segments of all scales, embeddingDimension], scale by scale.
   */
  readonly embeddings: Float32Array;
  /** Where segments of speech were embedded in place of local speakers: by length, the longest first. */
  readonly scales?: readonly ObservedScale[];
};

/** Segments of one length over all speech of a recording, by time; [n] each. */
export type ObservedScale = { readonly startSeconds: Float32Array; readonly endSeconds: Float32Array };
