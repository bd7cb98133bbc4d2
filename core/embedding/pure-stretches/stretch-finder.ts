/** Finds where in a recording one person speaks alone. Pure index arithmetic over what segmentation heard. */
import { FBANK_HOP_SAMPLES, FBANK_WINDOW_SAMPLES } from '../chunk-fbank.ts';
import type { ChunkGeometry, EncoderChunk } from '../speaker-encoder.ts';
import { frameNearest } from '../speaker-frames.ts';
import type { PureStretchRules } from './pure-stretch-rules.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';

/** Fbank frames of the recording, half-open. */
export type FrameSpan = { readonly start: number; readonly end: number };

type OpenStretch = { readonly start: number; end: number };

/**
 * Cuts a recording into stretches of one speaker, chunk by chunk.
 *
 * An fbank frame is judged by the chunk whose middle is nearest. Frames in which that chunk hears exactly one local
 * speaker, the one whom it hears at the end of the stretch so far, continue it; so do pauses up to a limit. Two people
 * at once end it.
 */
export class StretchFinder {
  readonly #rules: PureStretchRules;
  readonly #geometry: ChunkGeometry;
  #chunk: EncoderChunk | undefined;
  #nextFrame = 0;
  #open: OpenStretch | undefined;

  constructor(rules: PureStretchRules, geometry: ChunkGeometry) {
    this.#rules = rules;
    this.#geometry = geometry;
  }

  /** All stretches with a frame before this one are known. */
  get decidedFrames(): number {
    return this.#open?.start ?? this.#nextFrame;
  }

  /**
   * Takes the next chunk, by time; gives the pieces of the stretches that are over.
   *
   * @param heardFrames of the recording: a chunk that reaches past its end says nothing of what is there
   */
  push(chunk: EncoderChunk, heardFrames: number): FrameSpan[] {
    const { chunkSamples, chunkHopSamples } = this.#geometry;
    const spans: FrameSpan[] = [];
    this.#chunk = chunk;
    // What lies between the middles of two chunks belongs to the nearer one.
    const border = chunk.startSample + (chunkSamples + chunkHopSamples) / 2;
    this.#advance(Math.min(frameCentredFrom(border), heardFrames), spans);
    return spans;
  }

  /** The recording is over, and so is the last stretch: the last chunk judges all that is left. */
  finish(heardFrames: number): FrameSpan[] {
    const spans: FrameSpan[] = [];
    if (this.#chunk !== undefined) this.#advance(heardFrames, spans);
    this.#close(spans);
    return spans;
  }

  #advance(endFrame: number, spans: FrameSpan[]): void {
    const { activity } = this.#chunk!;
    const maxPause = framesOf(this.#rules.maxPauseSeconds);
    const maxStretch = framesOf(this.#rules.maxStretchSeconds);
    for (; this.#nextFrame < endFrame; this.#nextFrame++) {
      const frame = this.#nextFrame;
      const open = this.#open;
      if (open !== undefined && (frame - open.end > maxPause || frame - open.start >= maxStretch)) {
        this.#close(spans);
      }
      const bits = activity[this.#activityFrame(frame)]!;
      if (bits === 0) continue;
      if (!isSingle(bits)) {
        this.#close(spans);
        continue;
      }
      if (this.#open !== undefined) {
        // The number of a local speaker means nothing in another chunk: whom does this one hear where it ended?
        if (activity[this.#activityFrame(this.#open.end - 1)] === bits) {
          this.#open.end = frame + 1;
          continue;
        }
        this.#close(spans);
      }
      this.#open = { start: frame, end: frame + 1 };
    }
  }

  #activityFrame(frame: number): number {
    return frameNearest(this.#geometry, frameMiddleSample(frame) - this.#chunk!.startSample);
  }

  #close(spans: FrameSpan[]): void {
    if (this.#open !== undefined) spans.push(...piecesOf(this.#open, this.#rules));
    this.#open = undefined;
  }
}

/** Cuts a stretch evenly into pieces that are not too long, and leaves out those that are too short. */
export function piecesOf({ start, end }: FrameSpan, rules: PureStretchRules): FrameSpan[] {
  const count = Math.ceil((end - start) / framesOf(rules.maxPieceSeconds));
  const borderAt = (index: number): number => start + Math.floor(((end - start) * index) / count);
  return Array.from({ length: count }, (_, index) => ({
    start: borderAt(index),
    end: borderAt(index + 1),
  })).filter((piece) => piece.end - piece.start >= framesOf(rules.minPieceSeconds));
}

/** Sample of the recording in the middle of an fbank frame. */
export function frameMiddleSample(frame: number): number {
  return frame * FBANK_HOP_SAMPLES + FBANK_WINDOW_SAMPLES / 2;
}

/** First fbank frame whose middle is not before a sample. */
export function frameCentredFrom(sample: number): number {
  return Math.max(0, Math.ceil((sample - FBANK_WINDOW_SAMPLES / 2) / FBANK_HOP_SAMPLES));
}

function framesOf(seconds: number): number {
  return Math.round((seconds * SAMPLE_RATE) / FBANK_HOP_SAMPLES);
}

function isSingle(bits: number): boolean {
  return (bits & (bits - 1)) === 0;
}
