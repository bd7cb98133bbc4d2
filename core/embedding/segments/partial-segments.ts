/**
 * GE2E on segments of speech: the mel frames of a segment, in windows of 1.6 s; a shorter segment is repeated to that
 * length. Windows of many segments travel through the network together.
 */
import { analyzeFrames, frameCountOf } from '../../dsp/frame-analyzer.ts';
import { GE2E_MEL, planPowerMel } from '../../dsp/power-mel.ts';
import { meanSquareOf, raisingGain } from '../../dsp/volume-normalization.ts';
import type { Session } from '../../inference/session.ts';
import { euclideanNorm } from '../../math/vector.ts';
import { PartialBatches, type PartialSlot } from '../partial-batches.ts';
import { joinedPartialStarts, type PartialRules } from '../partial-plan.ts';
import { DEFAULT_PARTIAL_BATCH_SIZE } from '../partial-encoder.ts';
import type { SegmentEncoder } from './segment-encoder.ts';

export type PartialSegmentsOptions = {
  readonly dimension: number;
  /** [dimension]; subtracted from unit vectors, which are crowded in one octant otherwise. */
  readonly centre: Float64Array;
  readonly rules: PartialRules;
};

/** GE2E as a `SegmentEncoder`; see the file's head. */
export class PartialSegments implements SegmentEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly #session: Session;
  readonly #options: PartialSegmentsOptions;

  constructor(session: Session, options: PartialSegmentsOptions) {
    this.modelId = session.model.id;
    this.dimension = options.dimension;
    this.#session = session;
    this.#options = options;
  }

  async embed(segments: readonly Float32Array[]): Promise<Float32Array> {
    const { dimension, rules, centre } = this.#options;
    const batches = new PartialBatches(this.#session, {
      frames: rules.partialFrames,
      bins: GE2E_MEL.melCount,
      dimension,
      batchSize: DEFAULT_PARTIAL_BATCH_SIZE,
    });
    const slots = segments.map((samples) => addWindows(batches, samples, rules));
    batches.flush();
    const vectors = new Float32Array(segments.length * dimension);
    for (const [row, own] of slots.entries()) {
      vectors.set(await centredMean(own, centre), row * dimension);
    }
    return vectors;
  }
}

function addWindows(batches: PartialBatches, samples: Float32Array, rules: PartialRules): PartialSlot[] {
  const analyzer = planPowerMel(GE2E_MEL);
  const frameCount = frameCountOf(analyzer, samples.length, 'zeros');
  const bins = analyzer.binCount;
  const mels = new Float32Array(frameCount * bins);
  analyzeFrames(analyzer, samples, 'zeros', mels);
  // Power is quadratic in the samples.
  const gain = raisingGain(meanSquareOf(samples)) ** 2;
  return joinedPartialStarts(rules, frameCount).map((start) =>
    batches.add((out, offset) => {
      for (let frame = 0; frame < rules.partialFrames; frame++) {
        const from = ((start + frame) % frameCount) * bins;
        for (let bin = 0; bin < bins; bin++) out[offset + frame * bins + bin] = mels[from + bin]! * gain;
      }
    }),
  );
}

/** Mean of the windows, unit length, centred, unit length again. */
async function centredMean(slots: readonly PartialSlot[], centre: Float64Array): Promise<Float64Array> {
  const sum = new Float64Array(centre.length);
  for (const { rows, row } of slots) {
    const vectors = await rows;
    for (let k = 0; k < sum.length; k++) sum[k]! += vectors[row * sum.length + k]!;
  }
  const norm = euclideanNorm(sum);
  const centred = sum.map((value, k) => value / norm - centre[k]!);
  const length = euclideanNorm(centred);
  return centred.map((value) => value / length);
}
