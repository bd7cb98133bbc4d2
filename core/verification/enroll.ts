/** From several samples to one voice. */
import { InvalidInputError } from '../errors.ts';
import { UNKNOWN_SPEECH_SECONDS } from './scores/calibration.ts';
import { unitVector } from './scores/embedding-vector.ts';
import { reaches, type Threshold } from './scores/threshold.ts';
import { type EnrolledVoice, speechSecondsOf, type VoiceSample } from './voices/voice.ts';
import { voiceName } from './voices/voice-name.ts';
import type { VoiceScorer } from './scores/voice-scorer.ts';

/** How samples become a voice. */
export type EnrollOptions = {
  /** Samples that do not reach it with the mean of the others are outliers. @default a likelihood ratio of 1 */
  readonly threshold?: Threshold | undefined;
  /** The voice so far: its samples take part, its name and age stay. @default a new voice */
  readonly existing?: EnrolledVoice | undefined;
  /** ISO 8601. */
  readonly now: string;
};

/** A sample that was left out. */
export type RefusedSample = {
  /** In the list of new samples. */
  readonly index: number;
  readonly score: number;
};

/** A voice, and the new samples that are not in it. */
export type Enrollment = { readonly voice: EnrolledVoice; readonly refused: readonly RefusedSample[] };

/** Speech beyond this adds nothing to a vector, so it adds no weight. */
const MAX_WEIGHT_SECONDS = 30;
/** More samples than anybody records; a bound for the work of finding outliers. */
const MAX_SAMPLES = 1000;

/**
 * Makes a voice of samples, or adds them to one: the mean of the unit vectors, weighted by their speech, without the
 * outliers. The worst sample is left out as long as it does not match the mean of the others, and what is left must
 * be more than half.
 *
 * @param samples new samples, at least one
 * @throws InvalidInputError `poor_quality` where the samples are not of one voice; `embedding_space_mismatch`,
 *   `invalid_file` for unusable vectors; `invalid_option` (name, threshold, no samples)
 */
export function enroll(
  name: string,
  samples: readonly VoiceSample[],
  scorer: VoiceScorer,
  options: EnrollOptions,
): Enrollment {
  const { existing, now } = options;
  const known = existing?.samples ?? [];
  const all = [...known, ...samples];
  if (samples.length === 0 || all.length > MAX_SAMPLES) {
    throw new InvalidInputError(
      'invalid_option',
      `Expected 1 to ${MAX_SAMPLES} samples of a voice, got ${all.length}.`,
    );
  }
  const threshold = scorer.thresholdOrDefault(options.threshold);
  const { kept, refused } = withoutOutliers(all, scorer, threshold);
  if (2 * kept.length <= all.length && all.length > 1) {
    throw new InvalidInputError(
      'poor_quality',
      `The ${all.length} samples are not of one voice: ${refused.length} do not match the others. Listen to them, and enrol those of one person.`,
      { details: { samples: all.length, refused: refused.length } },
    );
  }
  const keptSamples = kept.map((index) => all[index]!);
  return {
    voice: {
      name: voiceName(existing?.name ?? name),
      space: scorer.model.space,
      vector: meanOf(keptSamples),
      samples: keptSamples.map(({ vector, quality }) => ({
        vector: Float32Array.from(unitVector(vector)),
        quality,
      })),
      createdAt: existing?.createdAt ?? now,
      updatedAt: now,
    },
    refused: refused
      .filter(({ index }) => index >= known.length)
      .map(({ index, score }) => ({ index: index - known.length, score }))
      .sort((a, b) => a.index - b.index),
  };
}

/** Leaves out the worst sample, then looks again: one outlier may make good samples look bad. */
function withoutOutliers(
  samples: readonly VoiceSample[],
  scorer: VoiceScorer,
  threshold: Threshold,
): { readonly kept: readonly number[]; readonly refused: readonly RefusedSample[] } {
  const prepared = samples.map(({ vector, quality }, index) =>
    scorer.prepare(vector, `Sample ${index + 1}`, quality?.speechSeconds),
  );
  let kept = samples.map((_, index) => index);
  const refused: RefusedSample[] = [];
  while (kept.length > 1) {
    const scores = kept.map((index) => {
      const others = kept.filter((other) => other !== index).map((other) => samples[other]!);
      const mean = scorer.prepare(meanOf(others), 'The mean of the other samples', speechSecondsOf(others));
      return scorer.score(prepared[index]!, mean);
    });
    const worst = scores.reduce(
      (best, score, place) => (score.score < scores[best]!.score ? place : best),
      0,
    );
    if (reaches(scores[worst]!, threshold)) break;
    refused.push({ index: kept[worst]!, score: scores[worst]!.score });
    kept = kept.filter((_, place) => place !== worst);
  }
  return { kept, refused };
}

function meanOf(samples: readonly VoiceSample[]): Float32Array {
  const sum = new Float64Array(samples[0]!.vector.length);
  for (const { vector, quality } of samples) {
    const unit = unitVector(vector);
    const weight = Math.min(quality?.speechSeconds ?? UNKNOWN_SPEECH_SECONDS, MAX_WEIGHT_SECONDS);
    for (let index = 0; index < sum.length; index++) sum[index]! += weight * unit[index]!;
  }
  return Float32Array.from(unitVector(sum));
}
