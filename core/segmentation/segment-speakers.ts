/** Who is active in each frame of a chunk, by a powerset segmentation network (pyannote/segmentation-3.0 and kin). */
import { ModelError } from '../errors.ts';
import type { Session } from '../inference/session.ts';
import { samplesToSeconds, type SlidingWindow } from '../timeline/sliding-window.ts';
import { decodePowerset, planPowerset, type Powerset } from './powerset.ts';

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

/** Runs the network on batches of chunks. Stateless between calls. */
export class SpeakerSegmenter {
  readonly session: Session;
  readonly spec: SegmentationSpec;
  readonly powerset: Powerset;
  readonly framesPerChunk: number;
  readonly frameGrid: SlidingWindow;

  constructor(session: Session, spec: SegmentationSpec = SEGMENTATION_3_0) {
    this.session = session;
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
   * @param chunks [chunkCount, chunkSamples], row-major; must not change until the promise settles
   * @returns [chunkCount, framesPerChunk], bit s set where local speaker s is active
   * @throws ModelError `model_shape_mismatch` when the network answers in another shape than `spec` says
   */
  async segment(chunks: Float32Array, chunkCount: number): Promise<Uint8Array> {
    const { chunkSamples } = this.spec;
    const input = this.session.model.inputs[0]!;
    const output = this.session.model.outputs[0]!;
    const data = chunks.subarray(0, chunkCount * chunkSamples);
    const results = await this.session.run({ [input]: { data, dims: [chunkCount, 1, chunkSamples] } }, [
      output,
    ]);
    const scores = results[output]!;
    const expected = [chunkCount, this.framesPerChunk, this.powerset.classes.length];
    if (!(scores.data instanceof Float32Array) || scores.dims.join() !== expected.join()) {
      throw new ModelError(
        'model_shape_mismatch',
        `Expected ${this.session.model.id} to answer [${expected.join(', ')}] float32, got [${scores.dims.join(', ')}]. Is it a segmentation model for ${samplesToSeconds(chunkSamples)} s chunks?`,
      );
    }
    const activity = new Uint8Array(chunkCount * this.framesPerChunk);
    decodePowerset(this.powerset, scores.data, activity);
    return activity;
  }
}
