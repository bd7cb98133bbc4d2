import type { ObservedScale } from '../resolution/observations.ts';
import type { SlidingWindow } from '../timeline/sliding-window.ts';

/** How chunks and their activity frames lie; the same for a whole recording. */
export type ChunkGeometry = {
  readonly chunkSamples: number;
  /** From the start of one chunk to that of the next; a multiple of 160 (10 ms). */
  readonly chunkHopSamples: number;
  readonly framesPerChunk: number;
  /** Frame grid of a chunk, in seconds from its start. */
  readonly frameGrid: SlidingWindow;
  readonly localSpeakerCount: number;
};

/** One chunk to embed the local speakers of. */
export type EncoderChunk = {
  /** First sample of the chunk in the recording; a multiple of 160 (10 ms). */
  readonly startSample: number;
  /** `framesPerChunk` values, which stay as they are; bit s is set where local speaker s is active. */
  readonly activity: Uint8Array;
};

/**
 * Turns one chunk and the activity of its local speakers into one embedding a speaker.
 *
 * Four kinds exist. A pooling encoder runs its trunk once a chunk and pools it once a speaker (`pooling-encoder.ts`); a
 * pure-stretch encoder does so with stretches of one speaker instead of chunks (`pure-stretches/`); a partial encoder
 * embeds short stretches of the recording and averages those of a speaker (`partial-encoder.ts`). None hears zeroed
 * audio, none runs once a speaker. A scale encoder tells nobody apart: it embeds segments of speech (`segments/`).
 */
export type SpeakerEncoder = {
  readonly modelId: string;
  readonly dimension: number;
  /** How much of the recording after a chunk's end must be pushed before that chunk can be embedded. */
  readonly lookaheadSamples: number;
  /** Starts a recording; several may run side by side. */
  start(geometry: ChunkGeometry): RecordingEncoder;
  /** Starts to listen to a stream, where that is cheaper than windows one by one; see `startStream`. */
  startStream?(geometry: ChunkGeometry): StreamEncoder;
};

/** The encoder's view of one recording. */
export type RecordingEncoder = {
  /** Hears the recording, in order, in blocks of any size, `lookaheadSamples` ahead of the chunks to embed. */
  push(block: Float32Array): void;
  /** The recording is over. */
  finish(): void;
  /**
   * Takes chunks and gives embeddings. Calls are made in order of `startSample` and may overlap in time: what a call
   * needs of the recording it takes before it returns its promise.
   *
   * An encoder may need to know what later chunks hear: its embeddings then come with a later call, or at the end. In
   * the order of the calls they are those of all chunks by time.
   *
   * @returns [any number of chunks, localSpeakerCount, dimension], row-major, unit length unless the encoder says
   *   otherwise; a row of NaN where a speaker is absent or has too little speech
   */
  embed(chunks: readonly EncoderChunk[]): Promise<Float32Array>;
  /** After the last call of `embed`: embeddings of the chunks that still wait. */
  rest(): Promise<Float32Array>;
  /**
   * After `rest`, of encoders that embed segments of speech in place of local speakers: where the segments lie. All
   * embeddings together are then [segments of all scales, dimension].
   */
  segments?(): readonly ObservedScale[];
};

/** The latest seconds of a stream as one window. */
export type VoiceWindow = {
  /** `chunkSamples` values; silence before the start of the stream. */
  readonly samples: Float32Array;
  /** Where in the stream the window ends. */
  readonly endSample: number;
  /** `framesPerChunk` values; bit s is set where local speaker s is active. */
  readonly activity: Uint8Array;
};

/**
 * The voice of a local speaker of one window, from what it says alone in the last seconds of the window.
 *
 * @returns a vector of the encoder's space; undefined where that is too little speech
 */
export type VoiceOf = (local: number, seconds: number) => Promise<Float32Array | undefined>;

/** An encoder that listens to one stream. */
export type StreamEncoder = {
  /** Hears the stream, in order, in blocks of any size, up to the end of a window or further. */
  push(block: Float32Array): void;
  /** Windows come in the order of their ends. */
  hear(window: VoiceWindow): Promise<VoiceOf>;
};
