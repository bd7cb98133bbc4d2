/**
 * Embeddings of short segments of speech at several scales, as NeMo's diarization sees a recording, in place of those of
 * local speakers. Nobody is told apart here: the activity only says where speech is.
 */
import { SampleHistory } from '../../audio/sample-history.ts';
import { euclideanNorm } from '../../math/vector.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { Scale } from '../../resolution/nme-spectral/sub-segments.ts';
import type { ObservedScale } from '../../resolution/observations.ts';
import { centredByNearestMean, type CentringMeans } from '../centring.ts';
import type { ChunkGeometry, EncoderChunk, RecordingEncoder, SpeakerEncoder } from '../speaker-encoder.ts';
import { RegionFinder, type RegionRules, type SpeechRegion } from './region-finder.ts';
import { type ScaleSegment, SegmentCutter } from './segment-cutter.ts';
import type { SegmentEncoder } from './segment-encoder.ts';
import { SpeechShares } from './speech-shares.ts';

/** Where segments lie. */
export type ScaleRules = {
  /** Longest windows first; those of the last are told apart. */
  readonly scales: readonly Scale[];
  /** What is speech, of the share of chunks that hear anybody. */
  readonly regions: RegionRules;
};

/** A `SegmentEncoder` as a `SpeakerEncoder`; see the file's head. */
export class ScaleEncoder implements SpeakerEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly lookaheadSamples = 0;
  readonly #encoder: SegmentEncoder;
  readonly #rules: ScaleRules;
  readonly #means: CentringMeans | undefined;

  /** @param means taken away from every embedding; absent: they stay as the network gives them */
  constructor(encoder: SegmentEncoder, rules: ScaleRules, means?: CentringMeans) {
    this.modelId = encoder.modelId;
    this.dimension = encoder.dimension;
    this.#encoder = encoder;
    this.#rules = rules;
    this.#means = means;
  }

  start(geometry: ChunkGeometry): RecordingEncoder {
    return new ScaleRecordingEncoder(this.#encoder, this.#rules, this.#means, geometry);
  }
}

type EmbeddedSegment = { readonly segment: ScaleSegment; readonly vector: Float32Array };

class ScaleRecordingEncoder implements RecordingEncoder {
  readonly #encoder: SegmentEncoder;
  readonly #scaleCount: number;
  readonly #means: CentringMeans | undefined;
  readonly #samples = new SampleHistory();
  readonly #shares: SpeechShares;
  readonly #finder: RegionFinder;
  readonly #cutter: SegmentCutter;
  /** In the order in which they were cut. */
  readonly #segments: EmbeddedSegment[] = [];

  constructor(
    encoder: SegmentEncoder,
    { scales, regions }: ScaleRules,
    means: CentringMeans | undefined,
    geometry: ChunkGeometry,
  ) {
    this.#encoder = encoder;
    this.#scaleCount = scales.length;
    this.#means = means;
    this.#shares = new SpeechShares(geometry);
    this.#finder = new RegionFinder(geometry.frameGrid, regions);
    this.#cutter = new SegmentCutter(scales);
  }

  push(block: Float32Array): void {
    this.#samples.push(block.slice());
  }

  finish(): void {
    // What is left is decided by the last chunk, which comes later.
  }

  /** All vectors come at the end, scale by scale. */
  async embed(chunks: readonly EncoderChunk[]): Promise<Float32Array> {
    const regions = this.#finder.push(joined(chunks.map((chunk) => this.#shares.push(chunk))));
    await this.#embedSegments(this.#cutter.push(regions, this.#finder.knownSeconds));
    return new Float32Array(0);
  }

  async rest(): Promise<Float32Array> {
    const last = this.#finder.push(this.#shares.finish());
    const regions = last.map((region) => ({ ...region, isOver: true }));
    await this.#embedSegments(this.#cutter.push(this.#withinRecording(regions), Infinity));
    return joined(this.#scales().flatMap((scale) => scale.map(({ vector }) => vector)));
  }

  segments(): ObservedScale[] {
    return this.#scales().map((scale) => ({
      startSeconds: Float32Array.from(scale, ({ segment }) => segment.startSeconds),
      endSeconds: Float32Array.from(scale, ({ segment }) => segment.endSeconds),
    }));
  }

  #scales(): EmbeddedSegment[][] {
    return Array.from({ length: this.#scaleCount }, (_, scale) =>
      this.#segments.filter(({ segment }) => segment.scale === scale),
    );
  }

  /** The last chunk is heard to its end, which may lie behind that of the recording. */
  #withinRecording(regions: readonly SpeechRegion[]): SpeechRegion[] {
    const recordingEnd = samplesToSeconds(this.#samples.sampleCount);
    return regions
      .map((region) => ({ ...region, endSeconds: Math.min(region.endSeconds, recordingEnd) }))
      .filter(({ startSeconds, endSeconds }) => startSeconds < endSeconds);
  }

  async #embedSegments(segments: readonly ScaleSegment[]): Promise<void> {
    const audio = segments.map(({ startSeconds, endSeconds }) => {
      // Truncated, as in NeMo.
      const start = Math.trunc(startSeconds * SAMPLE_RATE);
      return this.#samples.slice(start, start + Math.trunc((endSeconds - startSeconds) * SAMPLE_RATE));
    });
    const neededSeconds = Math.min(this.#cutter.neededFromSeconds, this.#finder.undecidedFromSeconds);
    this.#samples.dropBefore(Math.floor(neededSeconds * SAMPLE_RATE));
    const firstRow = this.#segments.length;
    const { dimension } = this.#encoder;
    // Their places are taken now: calls may overlap in time.
    for (const segment of segments) this.#segments.push({ segment, vector: new Float32Array(dimension) });
    const vectors = await this.#encoder.embed(audio);
    segments.forEach((_, index) => {
      const vector = vectors.subarray(index * dimension, (index + 1) * dimension);
      const norm = euclideanNorm(vector);
      // Of silence a network may say nothing: such a segment is like no other.
      if (!(norm > 0 && norm < Infinity)) return;
      this.#segments[firstRow + index]!.vector.set(
        this.#means === undefined ? vector : centredByNearestMean(vector, this.#means).unit,
      );
    });
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
