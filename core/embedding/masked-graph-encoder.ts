/**
 * Speaker embeddings by a graph that pools by itself: features and a mask in, embedding out.
 *
 * The published exports of this kind take one mask a row, so the trunk runs once a speaker; where there is a choice,
 * `pooling-encoder.ts` does the same work once a chunk.
 */
import { ModelError } from '../errors.ts';
import { sharedFloat32, type Session } from '../inference/session.ts';
import { ChunkFbank, fbankFramesOf } from './chunk-fbank.ts';
import type { PoolingRules } from './pooling-encoder.ts';
import type { ChunkGeometry, EncoderChunk, RecordingEncoder, SpeakerEncoder } from './speaker-encoder.ts';
import { markActive, markAlone } from './speaker-frames.ts';

/**
 * Activity frames of 17 ms that reach at least two frames of the trunk (80 ms each). Public exports lost the terms
 * that keep the deviation of a single frame finite.
 */
const MIN_MASK_FRAMES = 10;

export class MaskedGraphEncoder implements SpeakerEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly lookaheadSamples = 0;
  readonly #session: Session;
  readonly #rules: PoolingRules;

  /** @param session of a graph with the inputs features and weights, in this order */
  constructor(session: Session, dimension: number, rules: PoolingRules) {
    this.modelId = session.model.id;
    this.dimension = dimension;
    this.#session = session;
    this.#rules = rules;
  }

  start(geometry: ChunkGeometry): RecordingEncoder {
    return new MaskedGraphRecordingEncoder(this.#session, this.dimension, this.#rules, geometry);
  }
}

/** One chunk's rows for the graph. */
type Rows = { readonly speakers: number[]; readonly features: Float32Array; readonly weights: Float32Array };

class MaskedGraphRecordingEncoder implements RecordingEncoder {
  readonly #session: Session;
  readonly #dimension: number;
  readonly #rules: PoolingRules;
  readonly #geometry: ChunkGeometry;
  readonly #fbank: ChunkFbank;
  readonly #frameCount: number;

  constructor(session: Session, dimension: number, rules: PoolingRules, geometry: ChunkGeometry) {
    this.#session = session;
    this.#dimension = dimension;
    this.#rules = rules;
    this.#geometry = geometry;
    this.#fbank = new ChunkFbank(rules.frontEnd, geometry.chunkSamples);
    this.#frameCount = fbankFramesOf(geometry.chunkSamples);
  }

  push(block: Float32Array): void {
    this.#fbank.push(block);
  }

  finish(): void {
    this.#fbank.finish();
  }

  rest(): Promise<Float32Array> {
    return Promise.resolve(new Float32Array());
  }

  async embed(chunks: readonly EncoderChunk[]): Promise<Float32Array> {
    const { localSpeakerCount } = this.#geometry;
    const dimension = this.#dimension;
    const embeddings = new Float32Array(chunks.length * localSpeakerCount * dimension).fill(NaN);
    const running = chunks
      .map((chunk) => this.#rowsOf(chunk))
      .map((rows) => ({ rows, output: this.#run(rows) }));
    for (const [index, { rows, output }] of running.entries()) {
      const vectors = await output;
      rows.speakers.forEach((speaker, row) => {
        const vector = vectors.subarray(row * dimension, (row + 1) * dimension);
        if (vector.every(Number.isFinite))
          embeddings.set(vector, (index * localSpeakerCount + speaker) * dimension);
      });
    }
    return embeddings;
  }

  #rowsOf(chunk: EncoderChunk): Rows {
    const firstFrame = this.#fbank.frameAt(chunk.startSample);
    this.#fbank.dropBefore(firstFrame);
    const { localSpeakerCount, framesPerChunk } = this.#geometry;
    const speakers: number[] = [];
    const masks: Uint8Array[] = [];
    for (let speaker = 0; speaker < localSpeakerCount; speaker++) {
      const mask = new Uint8Array(framesPerChunk);
      let frames = markAlone(chunk.activity, speaker, mask);
      if (frames <= this.#rules.minCleanFrames) frames = markActive(chunk.activity, speaker, mask);
      if (frames < MIN_MASK_FRAMES) continue;
      speakers.push(speaker);
      masks.push(mask);
    }
    const frameValues = this.#frameCount * this.#fbank.binCount;
    const features = sharedFloat32(speakers.length * frameValues);
    const weights = sharedFloat32(speakers.length * framesPerChunk);
    masks.forEach((mask, row) => {
      weights.set(mask, row * framesPerChunk);
      if (row === 0) this.#fbank.copyCentred(firstFrame, this.#frameCount, features.subarray(0, frameValues));
      else features.copyWithin(row * frameValues, 0, frameValues);
    });
    return { speakers, features, weights };
  }

  async #run({ speakers, features, weights }: Rows): Promise<Float32Array> {
    const rowCount = speakers.length;
    if (rowCount === 0) return new Float32Array(0);
    const { inputs, id } = this.#session.model;
    const output = this.#session.outputNames[0]!;
    const results = await this.#session.run(
      {
        [inputs[0]!]: { data: features, dims: [rowCount, this.#frameCount, this.#fbank.binCount] },
        [inputs[1]!]: { data: weights, dims: [rowCount, this.#geometry.framesPerChunk] },
      },
      [output],
    );
    const { data } = results[output]!;
    if (data instanceof Float32Array && data.length === rowCount * this.#dimension) return data;
    throw new ModelError(
      'model_shape_mismatch',
      `Expected ${id} to answer ${rowCount} × ${this.#dimension} float32, got ${data.length} values.`,
    );
  }
}
