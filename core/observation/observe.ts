/**
 * OBSERVE: slides a window over a recording and notes, per chunk, who is locally active in each frame and one
 * embedding per local speaker. The only part of diarization that runs models.
 *
 * Segmentation of the next chunks and embedding of the last ones run side by side in the lanes of the sessions. Memory
 * is bounded by the chunks in flight; what stays is a few kilobytes per chunk.
 */
import type { AudioBlocks } from '../audio/waveform.ts';
import type { EncoderChunk, RecordingEncoder, SpeakerEncoder } from '../embedding/speaker-encoder.ts';
import { throwIfAborted } from '../errors.ts';
import { sharedFloat32 } from '../inference/session.ts';
import type { Observations } from '../resolution/observations.ts';
import type { SpeakerSegmenter } from '../segmentation/segment-speakers.ts';
import { ChunkBuffer } from './chunk-buffer.ts';
import { joined } from './join-observations.ts';
import { SAMPLE_RATE } from '../timeline/sliding-window.ts';

/** How a recording is cut into chunks. */
export type ObserveOptions = {
  /** Chunks start every so many samples; a multiple of 160. @default 16,000 samples, 1 s */
  readonly chunkHopSamples: number;
};

export const DEFAULT_OBSERVE_OPTIONS: ObserveOptions = Object.freeze({
  // pyannote's step of a tenth of the window.
  chunkHopSamples: SAMPLE_RATE,
});

export type ObserveContext = {
  readonly signal?: AbortSignal | undefined;
  /** Called as chunks are done, with the samples heard so far. */
  readonly onProgress?: ((samplesObserved: number) => void) | undefined;
  /** Called with what the models saw, batch by batch in order of time; what it is given must not be changed. */
  readonly onObserved?: ((observed: ObservedBatch) => void) | undefined;
};

/** Activity of the next chunks, and embeddings of those before that are known by now: see `RecordingEncoder.embed`. */
export type ObservedBatch = { readonly activity: Uint8Array; readonly embeddings: Float32Array };

/** Chunks that travel through the networks together, as one span of samples: neighbours overlap. */
type Batch = { readonly samples: Float32Array; readonly starts: number[] };

/**
 * Observes a recording. The same audio gives the same observations, however it is cut into blocks.
 *
 * @throws whatever the audio stream throws; ModelError from the networks; CanceledError
 */
export async function observe(
  blocks: AudioBlocks,
  models: { readonly segmenter: SpeakerSegmenter; readonly encoder: SpeakerEncoder },
  options: ObserveOptions = DEFAULT_OBSERVE_OPTIONS,
  context: ObserveContext = {},
): Promise<Observations> {
  const observer = new Observer(models.segmenter, models.encoder, options, context);
  try {
    for await (const block of blocks) {
      throwIfAborted(context.signal);
      await observer.push(block);
    }
    throwIfAborted(context.signal);
    return await observer.finish();
  } catch (error) {
    await observer.settle();
    throw error;
  }
}

class Observer {
  readonly #segmenter: SpeakerSegmenter;
  readonly #encoder: SpeakerEncoder;
  readonly #options: ObserveOptions;
  readonly #context: ObserveContext;
  readonly #recording: RecordingEncoder;
  readonly #chunks: ChunkBuffer;
  readonly #maxInFlight: number;
  readonly #freeBuffers: Float32Array[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #results: ObservedBatch[] = [];
  #toldBatches = 0;
  #batchCount = 0;
  #filling: Batch | undefined;
  /** Embedding is planned in order of time, because neighbouring chunks share work. */
  #lastPlanned: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(
    segmenter: SpeakerSegmenter,
    encoder: SpeakerEncoder,
    options: ObserveOptions,
    context: ObserveContext,
  ) {
    const { spec, framesPerChunk, frameGrid } = segmenter;
    this.#segmenter = segmenter;
    this.#encoder = encoder;
    this.#options = options;
    this.#context = context;
    this.#chunks = new ChunkBuffer(spec.chunkSamples, options.chunkHopSamples);
    // One batch a lane, one that waits for each, and one whose embeddings are being made.
    this.#maxInFlight = 2 * segmenter.network.concurrency + 1;
    this.#recording = encoder.start({
      chunkSamples: spec.chunkSamples,
      chunkHopSamples: options.chunkHopSamples,
      framesPerChunk,
      frameGrid,
      localSpeakerCount: spec.speakerCount,
    });
  }

  async push(block: Float32Array): Promise<void> {
    this.#chunks.push(block);
    this.#recording.push(block);
    await this.#fill((out, known) => this.#chunks.next(this.#encoder.lookaheadSamples, out, known));
  }

  async finish(): Promise<Observations> {
    this.#recording.finish();
    await this.#fill((out, known) => this.#chunks.nextOfEnd(out, known));
    if (this.#filling !== undefined && this.#filling.starts.length > 0) await this.#send(this.#filling);
    await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#collect(await this.#recording.rest());
  }

  /** Waits until no run uses our buffers any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #fill(takeChunk: (out: Float32Array, known: number) => number | undefined): Promise<void> {
    const shared = Math.max(0, this.#segmenter.spec.chunkSamples - this.#options.chunkHopSamples);
    for (;;) {
      this.#filling ??= this.#newBatch();
      const { samples, starts } = this.#filling;
      // All but the first lie over the one before.
      const start = takeChunk(this.#chunkOf(samples, starts.length), starts.length === 0 ? 0 : shared);
      if (start === undefined) return;
      starts.push(start);
      if (starts.length === this.#segmenter.network.windowsPerRun) await this.#send(this.#filling);
    }
  }

  #newBatch(): Batch {
    const { network, spec } = this.#segmenter;
    const length = spec.chunkSamples + (network.windowsPerRun - 1) * this.#options.chunkHopSamples;
    return { samples: this.#freeBuffers.pop() ?? sharedFloat32(length), starts: [] };
  }

  /** The samples of a chunk in those of its batch. */
  #chunkOf(samples: Float32Array, row: number): Float32Array {
    const start = row * this.#options.chunkHopSamples;
    return samples.subarray(start, start + this.#segmenter.spec.chunkSamples);
  }

  /** Starts a batch; waits while too many are under way. */
  async #send(batch: Batch): Promise<void> {
    this.#filling = undefined;
    const running: Promise<void> = this.#run(batch, this.#batchCount++)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#inFlight.delete(running));
    this.#inFlight.add(running);
    if (this.#inFlight.size >= this.#maxInFlight) await Promise.race(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(batch: Batch, index: number): Promise<void> {
    const segmented = this.#segmenter.segment({
      samples: batch.samples,
      windowCount: batch.starts.length,
      hopSamples: this.#options.chunkHopSamples,
    });
    const planned = this.#lastPlanned.then(async () => {
      const activity = await segmented;
      this.#freeBuffers.push(batch.samples);
      return { activity, embeddings: this.#recording.embed(this.#encoderChunks(batch, activity)) };
    });
    // The next batch needs the order, not the success.
    this.#lastPlanned = planned.catch(() => undefined);
    segmented.catch(() => undefined);
    const { activity, embeddings } = await planned;
    this.#results[index] = { activity, embeddings: await embeddings };
    this.#tellObserved();
    this.#context.onProgress?.(
      Math.min(batch.starts.at(-1)! + this.#segmenter.spec.chunkSamples, this.#chunks.sampleCount),
    );
  }

  /** Batches may be done in another order than that of time. */
  #tellObserved(): void {
    for (let next; (next = this.#results[this.#toldBatches]) !== undefined; this.#toldBatches += 1) {
      this.#context.onObserved?.(next);
    }
  }

  #encoderChunks(batch: Batch, activity: Uint8Array): EncoderChunk[] {
    const { framesPerChunk } = this.#segmenter;
    return batch.starts.map((startSample, row) => ({
      startSample,
      activity: activity.subarray(row * framesPerChunk, (row + 1) * framesPerChunk),
    }));
  }

  #collect(rest: Float32Array): Observations {
    const { spec, framesPerChunk, frameGrid } = this.#segmenter;
    const activity = joined(
      this.#results.map((result) => result.activity),
      (length) => new Uint8Array(length),
    );
    const scales = this.#recording.segments?.();
    return {
      sampleCount: this.#chunks.sampleCount,
      chunkCount: activity.length / framesPerChunk,
      chunkSamples: spec.chunkSamples,
      chunkHopSamples: this.#options.chunkHopSamples,
      frameGrid,
      framesPerChunk,
      localSpeakerCount: spec.speakerCount,
      activity,
      embeddingDimension: this.#encoder.dimension,
      ...(scales === undefined ? {} : { scales }),
      embeddings: joined(
        [...this.#results.map((result) => result.embeddings), rest],
        (length) => new Float32Array(length),
      ),
    };
  }
}
