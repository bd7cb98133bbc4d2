/** Cuts a stream of samples into overlapping chunks. */
export class ChunkBuffer {
  readonly #chunkSamples: number;
  readonly #hopSamples: number;
  /** Samples from `#first` of the recording on. */
  #samples: Float32Array;
  #first = 0;
  #end = 0;
  #nextStart = 0;

  constructor(chunkSamples: number, hopSamples: number) {
    this.#chunkSamples = chunkSamples;
    this.#hopSamples = hopSamples;
    this.#samples = new Float32Array(2 * chunkSamples);
  }

  /** Samples heard so far. */
  get sampleCount(): number {
    return this.#end;
  }

  push(block: Float32Array): void {
    const kept = this.#end - this.#first;
    if (kept + block.length > this.#samples.length) this.#makeRoom(block.length);
    this.#samples.set(block, this.#end - this.#first);
    this.#end += block.length;
  }

  /**
   * Copies the next chunk once the recording is heard `lookaheadSamples` beyond it.
   *
   * @param known samples at the start of `out` that are there already: it lies in a span with the chunk before
   * @returns its first sample, or `undefined` while it is not complete
   */
  next(lookaheadSamples: number, out: Float32Array, known = 0): number | undefined {
    if (this.#nextStart + this.#chunkSamples + lookaheadSamples > this.#end) return undefined;
    return this.#take(out, known);
  }

  /**
   * Copies the next chunk of a recording that is over, with zeros behind its end. As in pyannote.audio the last
   * complete chunk is followed by one more if it leaves any sample unheard.
   *
   * @param known as for `next`
   * @returns its first sample, or `undefined` when every sample has been in a chunk
   */
  nextOfEnd(out: Float32Array, known = 0): number | undefined {
    const heard = this.#nextStart === 0 ? 0 : this.#nextStart - this.#hopSamples + this.#chunkSamples;
    return heard < this.#end ? this.#take(out, known) : undefined;
  }

  #take(out: Float32Array, known: number): number {
    const start = this.#nextStart;
    const from = start - this.#first;
    const available = Math.min(this.#chunkSamples, this.#end - start);
    if (available > known) out.set(this.#samples.subarray(from + known, from + available), known);
    out.fill(0, available);
    this.#nextStart += this.#hopSamples;
    return start;
  }

  #makeRoom(length: number): void {
    const keepFrom = Math.min(this.#nextStart, this.#end) - this.#first;
    const kept = this.#samples.subarray(keepFrom, this.#end - this.#first);
    const needed = kept.length + length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#samples.length));
      larger.set(kept);
      this.#samples = larger;
    } else {
      this.#samples.copyWithin(0, keepFrom, this.#end - this.#first);
    }
    this.#first += keepFrom;
  }
}
