/** The latest samples of a stream, addressed by their place in the recording. */
export class SampleHistory {
  readonly #blocks: { readonly start: number; readonly samples: Float32Array }[] = [];
  #end = 0;

  /** Samples of the recording so far. */
  get sampleCount(): number {
    return this.#end;
  }

  push(samples: Float32Array): void {
    this.#blocks.push({ start: this.#end, samples });
    this.#end += samples.length;
  }

  /** Forgets whole blocks that end at or before a sample. */
  dropBefore(sample: number): void {
    let gone = 0;
    for (const { start, samples } of this.#blocks) {
      if (start + samples.length > sample) break;
      gone++;
    }
    this.#blocks.splice(0, gone);
  }

  /** A copy of [startSample, endSample), which must not have been forgotten. */
  slice(startSample: number, endSample: number): Float32Array {
    const slice = new Float32Array(endSample - startSample);
    for (const { start, samples } of this.#blocks) {
      const from = Math.max(startSample, start);
      const to = Math.min(endSample, start + samples.length);
      if (from < to) slice.set(samples.subarray(from - start, to - start), from - startSample);
    }
    return slice;
  }
}
