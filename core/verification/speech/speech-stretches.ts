import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';

/** Speech of a recording, joined without what lies between, and where it came from. */
export class SpeechStretch {
  readonly samples: Float32Array;
  /** By offset: from there on, sample `offset + i` is sample `startSample + i` of the recording. */
  readonly #parts: readonly Part[];

  constructor(samples: Float32Array, parts: readonly Part[]) {
    this.samples = samples;
    this.#parts = parts;
  }

  /** Where in the recording a window of the joined speech begins and ends; what was left out lies in between. */
  spanOf(startSample: number, endSample: number): Segment {
    return {
      startSeconds: samplesToSeconds(this.#recordingSample(startSample)),
      endSeconds: samplesToSeconds(this.#recordingSample(endSample - 1) + 1),
    };
  }

  #recordingSample(sample: number): number {
    const { offset, startSample } = this.#parts.findLast((part) => part.offset <= sample)!;
    return startSample + sample - offset;
  }
}

type Part = { readonly offset: number; readonly startSample: number };

/**
 * Joins the speech of a recording and cuts it into stretches of one length. Up to one and a half times that length
 * stays in one piece, so no stretch is shorter than half of it unless there is no more speech.
 */
export class SpeechJoiner {
  readonly #stretchSamples: number;
  #buffer: Float32Array;
  #filled = 0;
  #parts: Part[] = [];

  constructor(stretchSamples: number) {
    this.#stretchSamples = stretchSamples;
    this.#buffer = new Float32Array(Math.ceil(1.5 * stretchSamples));
  }

  /** Takes the next speech and gives the stretches that are complete. */
  push(samples: Float32Array, startSample: number): SpeechStretch[] {
    const complete: SpeechStretch[] = [];
    let taken = 0;
    while (taken < samples.length) {
      const piece = samples.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#parts.push({ offset: this.#filled, startSample: startSample + taken });
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
      if (this.#filled === this.#buffer.length) complete.push(this.#cut(this.#stretchSamples));
    }
    return complete;
  }

  /** What is left; undefined where there is nothing. */
  finish(): SpeechStretch | undefined {
    return this.#filled === 0 ? undefined : this.#cut(this.#filled);
  }

  #cut(length: number): SpeechStretch {
    const stretch = new SpeechStretch(this.#buffer.slice(0, length), this.#parts);
    this.#buffer.copyWithin(0, length, this.#filled);
    this.#filled -= length;
    this.#parts = this.#parts
      .filter(
        ({ offset }, index) => (this.#parts[index + 1]?.offset ?? Infinity) > length || offset >= length,
      )
      .map(({ offset, startSample }) => ({ offset: offset - length, startSample }));
    return stretch;
  }
}
