/**
 * Speaker embeddings by statistics pooling: WeSpeaker ResNet34 and kin, as pyannote uses them.
 *
 * The trunk runs once a chunk and is pooled once a speaker, under the mask of frames in which that speaker is alone;
 * no audio is cut or zeroed. With `shared` trunk, stretches of the recording that do not overlap go through the trunk
 * instead, and every chunk pools from those under it: a tenth of the work at a hop of a tenth of a chunk.
 *
 * @see pyannote.audio `pipelines/speaker_verification.py`; issue #2050 (trunk once, pooled by mask: same DER)
 */
import { WESPEAKER_FBANK, type KaldiFbankOptions } from '../dsp/kaldi-fbank.ts';
import { sharedFloat32, type Session } from '../inference/session.ts';
import { ChunkFbank, FBANK_HOP_SAMPLES, FBANK_WINDOW_SAMPLES, fbankFramesOf } from './chunk-fbank.ts';
import { applyLinear, poolStatistics, runsOf, type TrunkStatistics } from './masked-pooling.ts';
import type { ChunkGeometry, EncoderChunk, RecordingEncoder, SpeakerEncoder } from './speaker-encoder.ts';
import { markActive, markAlone } from './speaker-frames.ts';
import { runTrunk, type StatisticsPooling } from './statistics-pooling.ts';
import { samplesToSeconds } from '../timeline/sliding-window.ts';

export type PoolingRules = {
  readonly frontEnd: KaldiFbankOptions;
  /** `chunk`: exactly what pyannote computes. `shared`: each stretch of the recording goes through the trunk once. */
  readonly trunk: 'chunk' | 'shared';
  /** With at most this many clean activity frames, frames in overlap are used too. */
  readonly minCleanFrames: number;
};

/**
 * 3 frames of 17 ms: ceil(589 × 640 / 160,000), where 640 samples are the shortest input that ResNet34 pools without
 * failing (two fbank frames).
 */
export const DEFAULT_POOLING_RULES: PoolingRules = Object.freeze({
  frontEnd: WESPEAKER_FBANK,
  trunk: 'chunk',
  minCleanFrames: 3,
});

/** An encoder of the WeSpeaker family as a `SpeakerEncoder`; see the file's head. */
export class PoolingEncoder implements SpeakerEncoder {
  readonly modelId: string;
  readonly dimension: number;
  /** Frames do not see over the end of a chunk. A shared stretch can end after it, and is waited for. */
  readonly lookaheadSamples: number;
  readonly #session: Session;
  readonly #pooling: StatisticsPooling;
  readonly #rules: PoolingRules;

  /** @param session opened with `pooling.trunkOutput` as an output */
  constructor(
    session: Session,
    pooling: StatisticsPooling,
    geometry: Pick<ChunkGeometry, 'chunkSamples'>,
    rules: PoolingRules = DEFAULT_POOLING_RULES,
  ) {
    this.modelId = session.model.id;
    this.dimension = pooling.dimension;
    this.lookaheadSamples = rules.trunk === 'shared' ? geometry.chunkSamples + FBANK_WINDOW_SAMPLES : 0;
    this.#session = session;
    this.#pooling = pooling;
    this.#rules = rules;
  }

  start(geometry: ChunkGeometry): RecordingEncoder {
    return new PoolingRecordingEncoder(this.#session, this.#pooling, this.#rules, geometry);
  }
}

/** A stretch through the trunk, and its first fbank frame. */
type Stretch = { readonly startFrame: number; readonly output: Promise<TrunkStatistics> };

class PoolingRecordingEncoder implements RecordingEncoder {
  readonly #session: Session;
  readonly #pooling: StatisticsPooling;
  readonly #rules: PoolingRules;
  readonly #geometry: ChunkGeometry;
  readonly #fbank: ChunkFbank;
  /** Fbank frames of one run of the trunk: 998 for 10 s on its own, 1000 where stretches follow each other. */
  readonly #runFrames: number;
  readonly #shared = new Map<number, Stretch>();
  readonly #free: Float32Array[] = [];

  constructor(session: Session, pooling: StatisticsPooling, rules: PoolingRules, geometry: ChunkGeometry) {
    this.#session = session;
    this.#pooling = pooling;
    this.#rules = rules;
    this.#geometry = geometry;
    const { chunkSamples } = geometry;
    this.#fbank = new ChunkFbank(rules.frontEnd, chunkSamples);
    this.#runFrames =
      rules.trunk === 'shared' ? chunkSamples / FBANK_HOP_SAMPLES : fbankFramesOf(chunkSamples);
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
    const { dimension } = this.#pooling;
    const { localSpeakerCount } = this.#geometry;
    const embeddings = new Float32Array(chunks.length * localSpeakerCount * dimension).fill(NaN);
    const stretches = chunks.map((chunk) => this.#stretchesOf(chunk));
    for (const [index, chunk] of chunks.entries()) {
      const own = stretches[index]!;
      if (own.length === 0) continue;
      const offset = index * localSpeakerCount * dimension;
      const out = embeddings.subarray(offset, offset + localSpeakerCount * dimension);
      await this.#poolChunk(chunk, own, out);
    }
    return embeddings;
  }

  /** Sends what the chunk needs through the trunk; nothing where nobody speaks. */
  #stretchesOf(chunk: EncoderChunk): Stretch[] {
    const firstFrame = this.#fbank.frameAt(chunk.startSample);
    const shared = this.#rules.trunk === 'shared';
    const firstStretch = Math.floor(firstFrame / this.#runFrames);
    this.#fbank.dropBefore(shared ? firstStretch * this.#runFrames : firstFrame);
    if (!chunk.activity.some((bits) => bits !== 0)) return [];
    if (!shared) return [this.#run(firstFrame)];
    for (const index of this.#shared.keys()) if (index < firstStretch) this.#shared.delete(index);
    const onGrid = firstFrame % this.#runFrames === 0;
    return onGrid
      ? [this.#sharedStretch(firstStretch)]
      : [this.#sharedStretch(firstStretch), this.#sharedStretch(firstStretch + 1)];
  }

  #sharedStretch(index: number): Stretch {
    let stretch = this.#shared.get(index);
    if (stretch === undefined) {
      stretch = this.#run(index * this.#runFrames);
      this.#shared.set(index, stretch);
    }
    return stretch;
  }

  #run(startFrame: number): Stretch {
    const buffer = this.#free.pop() ?? sharedFloat32(this.#runFrames * this.#fbank.binCount);
    this.#fbank.copyCentred(startFrame, this.#runFrames, buffer);
    const output = this.#throughTrunk(buffer);
    // A stretch that no chunk waits for any more must not end the process.
    output.catch(() => undefined);
    return { startFrame, output };
  }

  async #throughTrunk(buffer: Float32Array): Promise<TrunkStatistics> {
    const dims = [1, this.#runFrames, this.#fbank.binCount];
    const statistics = await runTrunk(this.#session, this.#pooling, { data: buffer, dims });
    this.#free.push(buffer);
    return statistics;
  }

  async #poolChunk(chunk: EncoderChunk, stretches: readonly Stretch[], out: Float32Array): Promise<void> {
    const { dimension, weight, bias } = this.#pooling;
    const outputs = await Promise.all(stretches.map((stretch) => stretch.output));
    const { featureCount } = outputs[0]!;
    const mask = new Uint8Array(chunk.activity.length);
    const statistics = new Float64Array(2 * featureCount);
    for (let speaker = 0; speaker < this.#geometry.localSpeakerCount; speaker++) {
      const clean = markAlone(chunk.activity, speaker, mask);
      if (clean <= this.#rules.minCleanFrames && markActive(chunk.activity, speaker, mask) === 0) continue;
      const masked = outputs.map((output, index) => ({
        statistics: output,
        runs: runsOf(this.#maskOf(chunk, stretches[index]!, output.frameCount, mask)),
      }));
      poolStatistics(masked, featureCount, statistics);
      applyLinear(weight, bias, statistics, out.subarray(speaker * dimension, (speaker + 1) * dimension));
    }
  }

  /** The mask of a chunk on the trunk frames of a stretch. */
  #maskOf(chunk: EncoderChunk, stretch: Stretch, frameCount: number, mask: Uint8Array): Uint8Array {
    const onFrames = new Uint8Array(frameCount);
    if (this.#rules.trunk === 'chunk') {
      // `F.interpolate(mode="nearest")`, as pyannote stretches masks over the frames of the trunk.
      for (let frame = 0; frame < frameCount; frame++) {
        onFrames[frame] = mask[Math.floor((frame * mask.length) / frameCount)]!;
      }
      return onFrames;
    }
    // A shared stretch begins elsewhere than the chunk: by the middle of each frame.
    const { startSeconds, durationSeconds, stepSeconds } = this.#geometry.frameGrid;
    const frameSeconds = (this.#runFrames * 0.01) / frameCount;
    const offsetSeconds = stretch.startFrame * 0.01 - samplesToSeconds(chunk.startSample);
    for (let frame = 0; frame < frameCount; frame++) {
      const middle = offsetSeconds + (frame + 0.5) * frameSeconds;
      const index = Math.round((middle - startSeconds - durationSeconds / 2) / stepSeconds);
      onFrames[frame] = mask[index] ?? 0;
    }
    return onFrames;
  }
}
