import type { SpeakerEncoder } from '../../embedding/speaker-encoder.ts';
import type { ObservedBatch } from '../../observation/observe.ts';
import type { Observations } from '../../resolution/observations.ts';
import type { SpeakerSegmenter } from '../../segmentation/segment-speakers.ts';

/** What the models saw so far of a recording that goes on: enough to resolve it as if it ended there. */
export class ObservedSoFar {
  readonly #segmenter: SpeakerSegmenter;
  readonly #encoder: SpeakerEncoder;
  readonly #chunkHopSamples: number;
  readonly #activity: Uint8Array[] = [];
  readonly #embeddings: Float32Array[] = [];
  #activityLength = 0;
  #embeddingsLength = 0;

  constructor(segmenter: SpeakerSegmenter, encoder: SpeakerEncoder, chunkHopSamples: number) {
    this.#segmenter = segmenter;
    this.#encoder = encoder;
    this.#chunkHopSamples = chunkHopSamples;
  }

  add({ activity, embeddings }: ObservedBatch): void {
    this.#activity.push(activity);
    this.#embeddings.push(embeddings);
    this.#activityLength += activity.length;
    this.#embeddingsLength += embeddings.length;
  }

  /** Chunks whose activity and voices are known. */
  get chunkCount(): number {
    const { spec, framesPerChunk } = this.#segmenter;
    return Math.min(
      this.#activityLength / framesPerChunk,
      this.#embeddingsLength / (spec.speakerCount * this.#encoder.dimension),
    );
  }

  /** Where the last of them ends; 0 without any. */
  get sampleCount(): number {
    const count = this.chunkCount;
    return count === 0 ? 0 : (count - 1) * this.#chunkHopSamples + this.#segmenter.spec.chunkSamples;
  }

  observations(): Observations {
    const { spec, framesPerChunk, frameGrid } = this.#segmenter;
    const { dimension } = this.#encoder;
    const chunkCount = this.chunkCount;
    const activity = new Uint8Array(chunkCount * framesPerChunk);
    const embeddings = new Float32Array(chunkCount * spec.speakerCount * dimension);
    fill(activity, this.#activity);
    fill(embeddings, this.#embeddings);
    return {
      sampleCount: this.sampleCount,
      chunkCount,
      chunkSamples: spec.chunkSamples,
      chunkHopSamples: this.#chunkHopSamples,
      frameGrid,
      framesPerChunk,
      localSpeakerCount: spec.speakerCount,
      activity,
      embeddingDimension: dimension,
      embeddings,
    };
  }
}

/** As much of the parts as fits. */
function fill<T extends Uint8Array | Float32Array>(whole: T, parts: readonly T[]): void {
  let offset = 0;
  for (const part of parts) {
    const fitting = part.subarray(0, whole.length - offset);
    whole.set(fitting, offset);
    offset += fitting.length;
  }
}
