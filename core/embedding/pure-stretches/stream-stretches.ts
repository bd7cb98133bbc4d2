/** Where one person speaks alone at the end of a stream, window by window. Pure index arithmetic. */
import { FBANK_HOP_SAMPLES, FBANK_WINDOW_SAMPLES } from '../chunk-fbank.ts';
import type { ChunkGeometry, EncoderChunk } from '../speaker-encoder.ts';
import { frameNearest } from '../speaker-frames.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import type { PureStretchRules } from './pure-stretch-rules.ts';
import { type FrameSpan, frameMiddleSample } from './stretch-finder.ts';

/** A window may think better of what it heard last: so much of its end is not settled. */
const UNSETTLED_SECONDS = 1;

/** Pieces of stretches: those that stay as they are, and those of the end that may yet grow or change. */
export type StreamPieces = { readonly settled: readonly FrameSpan[]; readonly open: readonly FrameSpan[] };

/**
 * Cuts what one person says alone into pieces while it is said. What is settled is told once; the rest anew with each
 * window.
 */
export class StreamStretches {
  readonly #rules: PureStretchRules;
  readonly #geometry: ChunkGeometry;
  #settledFrames = 0;

  constructor(rules: PureStretchRules, geometry: ChunkGeometry) {
    this.#rules = rules;
    this.#geometry = geometry;
  }

  /** @param window that ends later than the one before */
  push(window: EncoderChunk): StreamPieces {
    const endSample = window.startSample + this.#geometry.chunkSamples;
    const end = Math.floor((endSample - FBANK_WINDOW_SAMPLES) / FBANK_HOP_SAMPLES) + 1;
    const longest = framesOf(this.#rules.maxPieceSeconds);
    const settledUntil = end - framesOf(UNSETTLED_SECONDS);
    const settled: FrameSpan[] = [];
    const open: FrameSpan[] = [];
    for (const stretch of this.#stretches(window, end)) {
      const isOver = stretch.end + framesOf(this.#rules.maxPauseSeconds) <= settledUntil;
      for (let { start } = stretch; start < stretch.end; start += longest) {
        const piece = { start, end: Math.min(start + longest, stretch.end) };
        const isSettled = isOver || (piece.end - start === longest && piece.end <= settledUntil);
        if (isSettled) this.#settledFrames = piece.end;
        if (piece.end - start >= framesOf(this.#rules.minPieceSeconds))
          (isSettled ? settled : open).push(piece);
      }
    }
    return { settled, open };
  }

  /** From what is settled on: one speaker each, with pauses. */
  #stretches(window: EncoderChunk, end: number): FrameSpan[] {
    const first = Math.max(this.#settledFrames, 0, Math.ceil(window.startSample / FBANK_HOP_SAMPLES));
    const longestPause = framesOf(this.#rules.maxPauseSeconds);
    const stretches: { start: number; end: number }[] = [];
    let current: { start: number; end: number } | undefined;
    let speaker = 0;
    for (let frame = first; frame < end; frame += 1) {
      const bits =
        window.activity[frameNearest(this.#geometry, frameMiddleSample(frame) - window.startSample)]!;
      if (bits === 0) continue;
      const isSingle = (bits & (bits - 1)) === 0;
      const goesOn = bits === speaker && current !== undefined && frame - current.end <= longestPause;
      if (goesOn) current!.end = frame + 1;
      else if (isSingle) stretches.push((current = { start: frame, end: frame + 1 }));
      else current = undefined;
      speaker = bits;
    }
    return stretches;
  }
}

function framesOf(seconds: number): number {
  return Math.round((seconds * SAMPLE_RATE) / FBANK_HOP_SAMPLES);
}
