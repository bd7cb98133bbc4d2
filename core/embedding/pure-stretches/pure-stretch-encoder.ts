/**
 * Speaker embeddings by statistics pooling for trunks that hear all frames at once: CAM++.
 *
 * Its 52 context layers gate every frame by the mean over everything that goes through together, so voices of one run
 * leak into each other and no mask in the pooling takes that back. So each stretch of one speaker goes through the trunk
 * once, alone; a local speaker of a chunk is pooled from all frames in which that chunk hears nobody else. That is as
 * good as cutting out every local speaker of every chunk, at a tenth of the work (docs/diarization.md).
 */
import { planKaldiFbank, subtractMeanOverTime } from '../../dsp/kaldi-fbank.ts';
import { sharedFloat32, type Session } from '../../inference/session.ts';
import { centredByNearestMean } from '../centring.ts';
import { FrameHistory } from '../frame-history.ts';
import { applyLinear, type MaskedStretch, poolStatistics } from '../masked-pooling.ts';
import type {
  ChunkGeometry,
  EncoderChunk,
  RecordingEncoder,
  SpeakerEncoder,
  StreamEncoder,
} from '../speaker-encoder.ts';
import { runTrunk, type StatisticsPooling } from '../statistics-pooling.ts';
import { DEFAULT_PURE_STRETCH_RULES, type PureStretchOptions } from './pure-stretch-rules.ts';
import { PureStretchStream } from './pure-stretch-stream.ts';
import { StatisticsMemories } from './statistics-memories.ts';
import { type FrameSpan, StretchFinder } from './stretch-finder.ts';
import { framesAlone, isOver, reachesPast, type TrunkPiece } from './trunk-pieces.ts';

/** An encoder of the CAM++ family as a `SpeakerEncoder`; see the file's head. */
export class PureStretchEncoder implements SpeakerEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly lookaheadSamples = 0;
  readonly #session: Session;
  readonly #pooling: StatisticsPooling;
  readonly #options: PureStretchOptions;

  /** @param session opened with `pooling.trunkOutput` as an output */
  constructor(session: Session, pooling: StatisticsPooling, options: Partial<PureStretchOptions> = {}) {
    this.modelId = session.model.id;
    this.dimension = pooling.dimension;
    this.#session = session;
    this.#pooling = pooling;
    this.#options = { rules: DEFAULT_PURE_STRETCH_RULES, ...options };
  }

  start(geometry: ChunkGeometry): RecordingEncoder {
    return new PureStretchRecordingEncoder(this.#session, this.#pooling, this.#options, geometry);
  }

  startStream(geometry: ChunkGeometry): StreamEncoder {
    return new PureStretchStream(this.#session, this.#pooling, this.#options, geometry);
  }
}

class PureStretchRecordingEncoder implements RecordingEncoder {
  readonly #session: Session;
  readonly #pooling: StatisticsPooling;
  readonly #options: PureStretchOptions;
  readonly #geometry: ChunkGeometry;
  readonly #frames: FrameHistory;
  readonly #stretches: StretchFinder;
  readonly #memories = new StatisticsMemories();
  /** By time, of the chunks that wait or may come. */
  #pieces: TrunkPiece[] = [];
  /** Chunks whose stretches are not all over yet. */
  readonly #waiting: EncoderChunk[] = [];

  constructor(
    session: Session,
    pooling: StatisticsPooling,
    options: PureStretchOptions,
    geometry: ChunkGeometry,
  ) {
    this.#session = session;
    this.#pooling = pooling;
    this.#options = options;
    this.#geometry = geometry;
    this.#frames = new FrameHistory(planKaldiFbank(options.rules.frontEnd), 'snip');
    this.#stretches = new StretchFinder(options.rules, geometry);
  }

  push(block: Float32Array): void {
    this.#frames.push(block);
  }

  finish(): void {
    this.#frames.finish();
  }

  embed(chunks: readonly EncoderChunk[]): Promise<Float32Array> {
    const started: TrunkPiece[] = [];
    for (const chunk of chunks) {
      this.#waiting.push(chunk);
      for (const span of this.#stretches.push(chunk, this.#frames.frameCount)) started.push(this.#run(span));
    }
    this.#frames.dropBefore(this.#stretches.decidedFrames);
    const undecided = this.#waiting.findIndex(
      (chunk) => !isOver(chunk, this.#geometry, this.#stretches.decidedFrames),
    );
    const decided = this.#waiting.splice(0, undecided === -1 ? this.#waiting.length : undecided);
    return this.#embedDecided(decided, started);
  }

  rest(): Promise<Float32Array> {
    const started = this.#stretches.finish(this.#frames.frameCount).map((span) => this.#run(span));
    return this.#embedDecided(this.#waiting.splice(0), started);
  }

  /** Waits for what was started as well, so that runs cannot pile up. */
  async #embedDecided(
    chunks: readonly EncoderChunk[],
    started: readonly TrunkPiece[],
  ): Promise<Float32Array> {
    const pieces = this.#pieces;
    this.#memories.hold(pieces);
    const next = this.#waiting[0];
    if (next !== undefined) {
      this.#pieces = pieces.filter((piece) => reachesPast(piece, next.startSample));
      this.#memories.letGo(pieces.filter((piece) => !reachesPast(piece, next.startSample)));
    }
    const { localSpeakerCount } = this.#geometry;
    const { dimension } = this.#pooling;
    const embeddings = new Float32Array(chunks.length * localSpeakerCount * dimension).fill(NaN);
    for (const [index, chunk] of chunks.entries()) {
      const offset = index * localSpeakerCount * dimension;
      await this.#poolChunk(
        chunk,
        pieces,
        embeddings.subarray(offset, offset + localSpeakerCount * dimension),
      );
    }
    this.#memories.letGo(pieces);
    await Promise.all(started.map(({ output }) => output));
    return embeddings;
  }

  /** Sends a piece through the trunk, less its own mean. */
  #run({ start, end }: FrameSpan): TrunkPiece {
    const frameCount = end - start;
    const { binCount } = this.#frames;
    const features = sharedFloat32(frameCount * binCount);
    for (let frame = 0; frame < frameCount; frame++) {
      this.#frames.copyFrame(start + frame, 1, features, frame * binCount);
    }
    subtractMeanOverTime(features, frameCount, binCount);
    const dims = [1, frameCount, binCount];
    const output = runTrunk(this.#session, this.#pooling, { data: features, dims }, this.#memories.take);
    // Met by whoever pools from the piece; one that nobody waits for any more must not end the process.
    output.catch(() => undefined);
    const piece = { startFrame: start, frameCount: Math.ceil(frameCount / 2), output };
    this.#pieces.push(piece);
    this.#memories.hold([piece]);
    return piece;
  }

  async #poolChunk(chunk: EncoderChunk, pieces: readonly TrunkPiece[], out: Float32Array): Promise<void> {
    const { weight, bias, dimension } = this.#pooling;
    const { means, rules } = this.#options;
    const statistics = new Float64Array(weight.length / dimension);
    for (let speaker = 0; speaker < this.#geometry.localSpeakerCount; speaker++) {
      const alone = pieces.flatMap((piece) => {
        const runs = framesAlone(piece, chunk, speaker, this.#geometry);
        return runs.length > 0 ? [{ piece, runs }] : [];
      });
      const pooled: MaskedStretch[] = [];
      let frameCount = 0;
      for (const { piece, runs } of alone) {
        pooled.push({ statistics: await piece.output, runs });
        for (let run = 0; run < runs.length; run += 2) frameCount += runs[run + 1]! - runs[run]!;
      }
      if (frameCount < rules.minPooledFrames) continue;
      poolStatistics(pooled, statistics.length / 2, statistics);
      const embedding = out.subarray(speaker * dimension, (speaker + 1) * dimension);
      applyLinear(weight, bias, statistics, embedding);
      if (means !== undefined) embedding.set(centredByNearestMean(embedding, means).unit);
    }
  }
}
