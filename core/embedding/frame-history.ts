/** The recent feature frames of a recording that arrives in blocks: what chunks and partials are cut from. */
import type { FrameAnalyzer, FrameEdges } from '../dsp/frame-analyzer.ts';
import { FrameStream } from '../dsp/frame-stream.ts';
import { assert } from '../errors.ts';

/** Frames to begin with: a chunk of 10 s and what is pushed ahead of it. */
const INITIAL_CAPACITY = 2048;

export class FrameHistory {
  readonly binCount: number;
  readonly #stream: FrameStream;
  /** Frames from `#first` on, row-major; grows to what the chunks in flight need, then stays. */
  #frames: Float32Array;
  #first = 0;
  #end = 0;
  #finished = false;

  constructor(analyzer: FrameAnalyzer, edges: Exclude<FrameEdges, 'reflect'>) {
    this.binCount = analyzer.binCount;
    this.#stream = new FrameStream(analyzer, edges);
    this.#frames = new Float32Array(INITIAL_CAPACITY * this.binCount);
  }

  /** Frames heard so far. */
  get frameCount(): number {
    return this.#end;
  }

  push(block: Float32Array): void {
    const room = this.#room(this.#stream.framesOfNext(block.length));
    this.#end += this.#stream.push(block, room);
  }

  finish(): void {
    const room = this.#room(this.#stream.framesOfEnd());
    this.#end += this.#stream.finish(room);
    this.#finished = true;
  }

  /** Forgets all frames before `frame`; they may not be asked for again. */
  dropBefore(frame: number): void {
    const drop = Math.min(frame, this.#end) - this.#first;
    if (drop <= 0) return;
    this.#frames.copyWithin(0, drop * this.binCount, (this.#end - this.#first) * this.binCount);
    this.#first += drop;
  }

  /** Copies one frame times `factor`; a frame past the end of the recording is zero. */
  copyFrame(frame: number, factor: number, out: Float32Array, outOffset: number): void {
    assert(frame >= this.#first, 'A feature frame was asked for after it was dropped.');
    assert(frame < this.#end || this.#finished, 'A feature frame was asked for before its audio came.');
    if (frame >= this.#end) {
      out.fill(0, outOffset, outOffset + this.binCount);
      return;
    }
    const from = (frame - this.#first) * this.binCount;
    for (let bin = 0; bin < this.binCount; bin++) out[outOffset + bin] = this.#frames[from + bin]! * factor;
  }

  /** Free space behind the last frame for `count` more. */
  #room(count: number): Float32Array {
    const needed = (this.#end - this.#first + count) * this.binCount;
    if (needed > this.#frames.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#frames.length));
      larger.set(this.#frames);
      this.#frames = larger;
    }
    return this.#frames.subarray((this.#end - this.#first) * this.binCount);
  }
}
