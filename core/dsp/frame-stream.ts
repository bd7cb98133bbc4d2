import { assert } from '../errors.ts';
import { frameCountOf, type FrameAnalyzer, type FrameEdges } from './frame-analyzer.ts';

/** Samples taken in at a time, beside the window that carries over; bounds memory whatever the blocks are. */
const PIECE_SAMPLES = 4096;

/**
 * Frames of a stream that arrives in blocks of any size, on one grid for the whole recording.
 *
 * The frames are those of `analyzeFrames` over all blocks joined, bit for bit, however the recording is cut. Nothing is
 * computed twice and memory does not grow.
 */
export class FrameStream {
  readonly #analyzer: FrameAnalyzer;
  readonly #edges: Exclude<FrameEdges, 'reflect'>;
  /** Samples that later frames still need, then room for new ones. */
  readonly #buffer: Float32Array;
  #filled: number;
  #sampleCount = 0;
  #frameCount = 0;

  constructor(analyzer: FrameAnalyzer, edges: Exclude<FrameEdges, 'reflect'>) {
    assert(analyzer.hopSamples <= analyzer.windowSamples, 'Frames of a stream may not leave samples out.');
    this.#analyzer = analyzer;
    this.#edges = edges;
    this.#buffer = new Float32Array(analyzer.windowSamples + analyzer.hopSamples + PIECE_SAMPLES);
    // The zeros before a centred stream are in the buffer from the start.
    this.#filled = edges === 'snip' ? 0 : analyzer.windowSamples / 2;
  }

  /** Frames given so far: the index of the next frame. */
  get frameCount(): number {
    return this.#frameCount;
  }

  /** Frames that `push` of a block of this many samples will give. */
  framesOfNext(blockSamples: number): number {
    const { windowSamples, hopSamples } = this.#analyzer;
    const lead = this.#edges === 'snip' ? 0 : windowSamples / 2;
    const available = this.#sampleCount + blockSamples + lead - windowSamples;
    return Math.max(0, Math.floor(available / hopSamples) + 1 - this.#frameCount);
  }

  /**
   * Takes the next block and gives the frames that it completes.
   *
   * @param out `[frames, binCount]` row-major, room for `framesOfNext(block.length)` frames; overwritten
   * @returns the number of frames
   */
  push(block: Float32Array, out: Float32Array): number {
    assert(
      out.length >= this.framesOfNext(block.length) * this.#analyzer.binCount,
      'The frames of a block do not fit into their buffer.',
    );
    const before = this.#frameCount;
    let taken = 0;
    do {
      const piece = block.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      this.#drain(out, before);
    } while (taken < block.length);
    this.#sampleCount += block.length;
    return this.#frameCount - before;
  }

  /** Frames that `finish` will give. */
  framesOfEnd(): number {
    return frameCountOf(this.#analyzer, this.#sampleCount, this.#edges) - this.#frameCount;
  }

  /**
   * Ends the stream and gives the frames that reach over its end; nothing may be pushed afterwards.
   *
   * @param out room for `framesOfEnd()` frames; overwritten
   * @returns the number of frames
   */
  finish(out: Float32Array): number {
    const frames = this.framesOfEnd();
    assert(out.length >= frames * this.#analyzer.binCount, 'The last frames do not fit into their buffer.');
    const before = this.#frameCount;
    if (this.#edges === 'zeros') {
      const end = this.#filled + this.#analyzer.windowSamples / 2;
      this.#buffer.fill(0, this.#filled, end);
      this.#filled = end;
      this.#drain(out, before);
    }
    return this.#frameCount - before;
  }

  /** Computes every frame whose window is complete, then moves the rest to the front. */
  #drain(out: Float32Array, firstFrame: number): void {
    const { windowSamples, hopSamples, binCount } = this.#analyzer;
    let start = 0;
    for (; start + windowSamples <= this.#filled; start += hopSamples) {
      this.#analyzer.analyze(this.#buffer, start, out, (this.#frameCount - firstFrame) * binCount);
      this.#frameCount++;
    }
    this.#buffer.copyWithin(0, start, this.#filled);
    this.#filled -= start;
  }
}
