/**
 * Voices of a stream by a trunk that must hear one person at a time: what a person says alone goes through it in pieces,
 * most of them once. Only the last piece is run again while it grows.
 */
import { planKaldiFbank, subtractMeanOverTime } from '../../dsp/kaldi-fbank.ts';
import { sharedFloat32, type Session } from '../../inference/session.ts';
import { centredByNearestMean } from '../centring.ts';
import { FBANK_HOP_SAMPLES } from '../chunk-fbank.ts';
import { FrameHistory } from '../frame-history.ts';
import { activityOfLast } from '../stream-voices.ts';
import { applyLinear, poolStatistics, type TrunkStatistics } from '../masked-pooling.ts';
import type { ChunkGeometry, StreamEncoder, VoiceOf, VoiceWindow } from '../speaker-encoder.ts';
import { runTrunk, type StatisticsPooling } from '../statistics-pooling.ts';
import type { PureStretchOptions } from './pure-stretch-rules.ts';
import { StreamStretches } from './stream-stretches.ts';
import type { FrameSpan } from './stretch-finder.ts';
import { framesAlone, reachesPast } from './trunk-pieces.ts';

/** Frames of fbank by which a piece has to grow to be run again. */
const LEAST_GROWTH_FRAMES = 40;

type StreamPiece = FrameSpan & { readonly frameCount: number; readonly statistics: TrunkStatistics };

export class PureStretchStream implements StreamEncoder {
  readonly #session: Session;
  readonly #pooling: StatisticsPooling;
  readonly #options: PureStretchOptions;
  readonly #geometry: ChunkGeometry;
  readonly #frames: FrameHistory;
  readonly #stretches: StreamStretches;
  #settled: StreamPiece[] = [];
  #open: StreamPiece[] = [];

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
    this.#stretches = new StreamStretches(options.rules, geometry);
  }

  push(block: Float32Array): void {
    this.#frames.push(block);
  }

  async hear({ endSample, activity }: VoiceWindow): Promise<VoiceOf> {
    const startSample = endSample - this.#geometry.chunkSamples;
    const { settled, open } = this.#stretches.push({ startSample, activity });
    const ran = [...this.#open];
    const [nowSettled, nowOpen] = await Promise.all([
      Promise.all(settled.map(async (span) => ran.find((piece) => isSame(piece, span)) ?? this.#run(span))),
      Promise.all(open.map(async (span) => ran.find((piece) => isNearly(piece, span)) ?? this.#run(span))),
    ]);
    const known = this.#settled.filter((piece) =>
      reachesPast({ ...piece, startFrame: piece.start }, startSample),
    );
    this.#settled = [...known, ...nowSettled];
    this.#open = nowOpen;
    this.#frames.dropBefore(startSample / FBANK_HOP_SAMPLES);
    const pieces = [...this.#settled, ...nowOpen];
    return (local, seconds) => {
      const chunk = { startSample, activity: activityOfLast(activity, this.#geometry, seconds) };
      return Promise.resolve(this.#pool(pieces, chunk, local));
    };
  }

  /** Sends a piece through the trunk, less its own mean. */
  async #run(span: FrameSpan): Promise<StreamPiece> {
    const count = span.end - span.start;
    const { binCount } = this.#frames;
    const features = sharedFloat32(count * binCount);
    for (let frame = 0; frame < count; frame += 1)
      this.#frames.copyFrame(span.start + frame, 1, features, frame * binCount);
    subtractMeanOverTime(features, count, binCount);
    const statistics = await runTrunk(this.#session, this.#pooling, {
      data: features,
      dims: [1, count, binCount],
    });
    return { ...span, frameCount: Math.ceil(count / 2), statistics };
  }

  #pool(
    pieces: readonly StreamPiece[],
    chunk: { readonly startSample: number; readonly activity: Uint8Array },
    local: number,
  ): Float32Array | undefined {
    const { weight, bias, dimension } = this.#pooling;
    const { means, rules } = this.#options;
    let frameCount = 0;
    const pooled = pieces.flatMap(({ start, frameCount: length, statistics }) => {
      const runs = framesAlone({ startFrame: start, frameCount: length }, chunk, local, this.#geometry);
      for (let run = 0; run < runs.length; run += 2) frameCount += runs[run + 1]! - runs[run]!;
      return runs.length > 0 ? [{ statistics, runs }] : [];
    });
    if (frameCount < rules.minPooledFrames) return undefined;
    const statistics = new Float64Array(weight.length / dimension);
    poolStatistics(pooled, statistics.length / 2, statistics);
    const embedding = new Float32Array(dimension);
    applyLinear(weight, bias, statistics, embedding);
    return means === undefined ? embedding : Float32Array.from(centredByNearestMean(embedding, means).unit);
  }
}

function isSame(a: FrameSpan, b: FrameSpan): boolean {
  return a.start === b.start && a.end === b.end;
}

/** A window moves the edges of what it hears a little. */
function isNearly(piece: FrameSpan, span: FrameSpan): boolean {
  return (
    Math.abs(piece.start - span.start) <= 10 &&
    piece.end - span.end <= 10 &&
    span.end - piece.end < LEAST_GROWTH_FRAMES
  );
}
