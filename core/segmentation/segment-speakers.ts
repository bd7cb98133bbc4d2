/** Who is active in each frame of a chunk, by a powerset segmentation network (pyannote/segmentation-3.0 and kin). */
import { ModelError } from '../errors.ts';
import type { Tensor } from '../inference/session.ts';
import { samplesToSeconds, type SlidingWindow } from '../timeline/sliding-window.ts';
import { decodePowerset, planPowerset, type Powerset } from './powerset.ts';
import type { WindowNetwork, WindowSpan } from './window-network.ts';

/** What the network expects (waveforms in its first input, scores in its first output) and what its frames mean. */
export type SegmentationSpec = {
  readonly chunkSamples: number;
  /** Samples that one frame sees, and samples between frames. */
  readonly receptiveFieldSamples: number;
  readonly frameHopSamples: number;
  readonly speakerCount: number;
  readonly maxSimultaneous: number;
};

/**
 * PyanNet of segmentation-3.0: SincNet with kernels 251 3 5 3 5 3 and strides 10 3 1 3 1 3 sees 991 samples a frame
 * and moves 270; it was trained on 10 s.
 */
export const SEGMENTATION_3_0: SegmentationSpec = Object.freeze({
  chunkSamples: 160_000,
  receptiveFieldSamples: 991,
  frameHopSamples: 270,
  speakerCount: 3,
  maxSimultaneous: 2,
});

/** Runs the network on spans of chunks. Stateless between calls. */
export class SpeakerSegmenter {
  readonly network: WindowNetwork;
  readonly spec: SegmentationSpec;
  readonly powerset: Powerset;
  readonly framesPerChunk: number;
  readonly frameGrid: SlidingWindow;

  constructor(network: WindowNetwork, spec: SegmentationSpec = SEGMENTATION_3_0) {
    this.network = network;
    this.spec = spec;
    this.powerset = planPowerset(spec.speakerCount, spec.maxSimultaneous);
    this.framesPerChunk =
      Math.floor((spec.chunkSamples - spec.receptiveFieldSamples) / spec.frameHopSamples) + 1;
    this.frameGrid = {
      startSeconds: 0,
      durationSeconds: samplesToSeconds(spec.receptiveFieldSamples),
      stepSeconds: samplesToSeconds(spec.frameHopSamples),
    };
  }

  /**
   * @param span of chunks; its samples must not change until the promise settles
   * @returns [chunks, framesPerChunk], bit s set where local speaker s is active
   * @throws ModelError `model_shape_mismatch` when the network answers in another shape than `spec` says
   */
  async segment(span: WindowSpan): Promise<Uint8Array> {
    const runs = await this.network.score(span);
    const activity = new Uint8Array(span.windowCount * this.framesPerChunk);
    let decoded = 0;
    for (const scores of runs) {
      const { data, frames } = this.#framesOf(scores);
      decodePowerset(this.powerset, data, activity.subarray(decoded, decoded + frames));
      decoded += frames;
    }
    return activity;
  }

  /** The scores of all frames of a run, and how many frames these are. */
  #framesOf({ data, dims }: Tensor): { readonly data: Float32Array; readonly frames: number } {
    const expected = [dims[0]!, this.framesPerChunk, this.powerset.classes.length];
    if (data instanceof Float32Array && dims.join() === expected.join())
      return { data, frames: dims[0]! * this.framesPerChunk };
    const { chunkSamples } = this.spec;
    throw new ModelError(
      'model_shape_mismatch',
      `Expected ${this.network.id} to answer [${expected.join(', ')}] float32, got [${dims.join(', ')}]. Is it a segmentation model for ${samplesToSeconds(chunkSamples)} s chunks?`,
    );
  }
}
