/** The recent mel frames of a recording and their energy: what partials are cut from. */
import { assert } from '../errors.ts';
import type { FrameAnalyzer } from '../dsp/frame-analyzer.ts';
import { FrameStream } from '../dsp/frame-stream.ts';

export class MelHistory {
  readonly #stream: FrameStream;
  readonly #bins: number;
  readonly #hop: number;
  /** Frames from `#first` on, row-major; grows to what the chunks in flight need, then stays. */
  #frames: Float32Array;
  /** Sum of squared samples of each hop of 10 ms, beside `#frames`. */
  #energies: Float64Array;
  #first = 0;
  #frameEnd = 0;
  #energyEnd = 0;
  #energyOpen = 0;
  #openSamples = 0;
  #finished = false;

  constructor(analyzer: FrameAnalyzer) {
    this.#stream = new FrameStream(analyzer, 'zeros');
    this.#bins = analyzer.binCount;
    this.#hop = analyzer.hopSamples;
    this.#frames = new Float32Array(2048 * this.#bins);
    this.#energies = new Float64Array(2048);
  }

  push(block: Float32Array): void {
    const count = this.#stream.framesOfNext(block.length);
    this.#reserve(this.#frameEnd + count + 1 + Math.ceil(block.length / this.#hop));
    this.#stream.push(block, this.#frames.subarray((this.#frameEnd - this.#first) * this.#bins));
    this.#frameEnd += count;
    this.#addEnergies(block);
  }

  finish(): void {
    const count = this.#stream.framesOfEnd();
    this.#reserve(this.#frameEnd + count + 1);
    this.#stream.finish(this.#frames.subarray((this.#frameEnd - this.#first) * this.#bins));
    this.#frameEnd += count;
    if (this.#openSamples > 0) this.#closeHop();
    this.#finished = true;
  }

  /** Forgets all frames before `frame`; they may not be asked for again. */
  dropBefore(frame: number): void {
    const drop = Math.min(frame, this.#frameEnd) - this.#first;
    if (drop <= 0) return;
    this.#frames.copyWithin(0, drop * this.#bins, (this.#frameEnd - this.#first) * this.#bins);
    this.#energies.copyWithin(0, drop, this.#energyEnd - this.#first);
    this.#first += drop;
  }

  /** Mean of the squared samples under `count` hops from `frame` on; what lies past the end counts as silence. */
  meanSquare(frame: number, count: number): number {
    let sum = 0;
    const end = Math.min(frame + count, this.#energyEnd);
    for (let index = frame; index < end; index++) sum += this.#energies[index - this.#first]!;
    return sum / (count * this.#hop);
  }

  /** Copies one frame times `factor`; a frame past the end of the recording is zero. */
  copyFrame(frame: number, factor: number, out: Float32Array, outOffset: number): void {
    assert(frame >= this.#first, 'A mel frame was asked for after it was dropped.');
    assert(frame < this.#frameEnd || this.#finished, 'A mel frame was asked for before its audio came.');
    if (frame >= this.#frameEnd) {
      out.fill(0, outOffset, outOffset + this.#bins);
      return;
    }
    const from = (frame - this.#first) * this.#bins;
    for (let bin = 0; bin < this.#bins; bin++) out[outOffset + bin] = this.#frames[from + bin]! * factor;
  }

  #addEnergies(block: Float32Array): void {
    let index = 0;
    while (index < block.length) {
      const end = Math.min(block.length, index + this.#hop - this.#openSamples);
      this.#openSamples += end - index;
      for (; index < end; index++) this.#energyOpen += block[index]! * block[index]!;
      if (this.#openSamples === this.#hop) this.#closeHop();
    }
  }

  #closeHop(): void {
    this.#energies[this.#energyEnd - this.#first] = this.#energyOpen;
    this.#energyEnd++;
    this.#energyOpen = 0;
    this.#openSamples = 0;
  }

  #reserve(end: number): void {
    const needed = end - this.#first;
    if (needed <= this.#energies.length) return;
    const capacity = Math.max(needed, 2 * this.#energies.length);
    const frames = new Float32Array(capacity * this.#bins);
    frames.set(this.#frames);
    const energies = new Float64Array(capacity);
    energies.set(this.#energies);
    this.#frames = frames;
    this.#energies = energies;
  }
}
