import type { Observations } from '../../resolution/observations.ts';
import { SAMPLE_RATE, samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { HeardWindow } from './live-windows.ts';

/** Kept windows end this often, as chunks of a recording do. */
const HOP_SAMPLES = SAMPLE_RATE;

type KeptWindow = Pick<HeardWindow, 'activity' | 'endSample'> & { readonly embeddings: Float32Array };

/** Observations whose time begins somewhere in the stream, before it for the first windows: they begin with silence. */
export type RecentObservations = { readonly observations: Observations; readonly startSeconds: number };

/** What windows of a stream heard, of the last minutes: enough to resolve them as a recording. */
export class RecentWindows {
  readonly #dimension: number;
  readonly #mostWindows: number;
  readonly #windows: KeptWindow[] = [];
  #geometry: HeardWindow['geometry'] | undefined;

  constructor(dimension: number, longestSeconds: number) {
    this.#dimension = dimension;
    this.#mostWindows = Math.ceil((longestSeconds * SAMPLE_RATE) / HOP_SAMPLES);
  }

  /** True for windows to be added. */
  isKept({ endSample }: Pick<HeardWindow, 'endSample'>): boolean {
    return endSample % HOP_SAMPLES === 0;
  }

  /** @param voices of the local speakers, by number */
  add({ activity, endSample, geometry }: HeardWindow, voices: readonly (Float32Array | undefined)[]): void {
    const embeddings = new Float32Array(geometry.localSpeakerCount * this.#dimension).fill(NaN);
    voices.forEach((voice, local) => voice && embeddings.set(voice, local * this.#dimension));
    this.#geometry = geometry;
    this.#windows.push({ activity, endSample, embeddings });
    if (this.#windows.length > this.#mostWindows) this.#windows.shift();
  }

  /** Undefined before the first window. */
  observations(): RecentObservations | undefined {
    const [geometry, first] = [this.#geometry, this.#windows[0]];
    if (geometry === undefined || first === undefined) return undefined;
    const { chunkSamples, framesPerChunk, frameGrid, localSpeakerCount } = geometry;
    const chunkCount = this.#windows.length;
    const activity = new Uint8Array(chunkCount * framesPerChunk);
    const embeddings = new Float32Array(chunkCount * localSpeakerCount * this.#dimension);
    this.#windows.forEach((window, index) => {
      activity.set(window.activity, index * framesPerChunk);
      embeddings.set(window.embeddings, index * localSpeakerCount * this.#dimension);
    });
    return {
      startSeconds: samplesToSeconds(first.endSample - chunkSamples),
      observations: {
        sampleCount: (chunkCount - 1) * HOP_SAMPLES + chunkSamples,
        chunkCount,
        chunkSamples,
        chunkHopSamples: HOP_SAMPLES,
        frameGrid,
        framesPerChunk,
        localSpeakerCount,
        activity,
        embeddingDimension: this.#dimension,
        embeddings,
      },
    };
  }
}
