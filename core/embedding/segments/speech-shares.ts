import { closestFrame, samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { ChunkGeometry, EncoderChunk } from '../speaker-encoder.ts';

/** How many of the chunks that cover a frame hear anybody in it; frames come once no later chunk can cover them. */
export class SpeechShares {
  readonly #geometry: ChunkGeometry;
  /** Of frames from `#first` on. */
  #heard: number[] = [];
  #covering: number[] = [];
  #first = 0;

  constructor(geometry: ChunkGeometry) {
    this.#geometry = geometry;
  }

  /** @returns shares in [0, 1] of the frames that are decided now */
  push({ startSample, activity }: EncoderChunk): Float32Array {
    const { frameGrid, framesPerChunk } = this.#geometry;
    const firstFrame = closestFrame(
      frameGrid,
      samplesToSeconds(startSample) + 0.5 * frameGrid.durationSeconds,
    );
    const decided = this.#take(firstFrame - this.#first);
    for (let frame = 0; frame < framesPerChunk; frame++) {
      this.#heard[frame] = (this.#heard[frame] ?? 0) + (activity[frame] === 0 ? 0 : 1);
      this.#covering[frame] = (this.#covering[frame] ?? 0) + 1;
    }
    return decided;
  }

  /** The rest, after the last chunk. */
  finish(): Float32Array {
    return this.#take(this.#heard.length);
  }

  #take(count: number): Float32Array {
    const shares = Float32Array.from({ length: count }, (_, frame) => {
      const covering = this.#covering[frame] ?? 0;
      return covering === 0 ? 0 : this.#heard[frame]! / covering;
    });
    this.#heard = this.#heard.slice(count);
    this.#covering = this.#covering.slice(count);
    this.#first += count;
    return shares;
  }
}
