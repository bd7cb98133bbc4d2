import type { UtteranceEncoder } from '../utterance-encoder.ts';

/**
 * Turns segments of speech, half a second to three seconds each, into one vector a segment. Nobody says who speaks in
 * them, so a segment hears all who do.
 */
export type SegmentEncoder = {
  readonly modelId: string;
  readonly dimension: number;
  /**
   * @param segments 16 kHz mono, at least 400 samples each; left as they are
   * @returns [segments, dimension], row-major
   * @throws ModelError `model_shape_mismatch`, `inference_failed`
   */
  embed(segments: readonly Float32Array[]): Promise<Float32Array>;
};

/** Shorter segments are continued by themselves: no network hears fewer than two frames. */
const MIN_SAMPLES = 400;

/** An encoder that takes whole utterances, one segment a run. */
export function segmentsOfUtterances(encoder: UtteranceEncoder): SegmentEncoder {
  const { modelId, dimension } = encoder;
  return {
    modelId,
    dimension,
    embed: async (segments) => {
      const vectors = await Promise.all(segments.map((samples) => encoder.embed(longEnough(samples))));
      const rows = new Float32Array(segments.length * dimension);
      vectors.forEach(({ mean }, row) => rows.set(mean, row * dimension));
      return rows;
    },
  };
}

function longEnough(samples: Float32Array): Float32Array {
  if (samples.length >= MIN_SAMPLES || samples.length === 0) return samples;
  return Float32Array.from({ length: MIN_SAMPLES }, (_, index) => samples[index % samples.length]!);
}
