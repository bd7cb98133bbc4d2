import type { Turn } from '../../timeline/turns.ts';
import {
  scoreCells,
  SHORTEST_TURN_SECONDS,
  type ScoredRecording,
  type ScoringOptions,
} from './scored-cells.ts';
import { mappedLabels, mapSpeakers } from './speaker-mapping.ts';

/** Sums of the Jaccard error over reference speakers, and their mean. */
export type JaccardError = {
  /** Reference speakers left after UEM, collars and overlap are taken out. */
  readonly speakerCount: number;
  readonly speakerErrorSum: number;
  /** Mean over the reference speakers; 1 where none is left, also when nothing was found either. */
  readonly errorRate: number;
};

/**
 * Jaccard error rate: the mean over reference speakers of 1 − intersection / union with the mapped speaker (1 where
 * there is none). Speakers that only the hypothesis has cost nothing. Mapping and conventions are those of
 * `diarizationError`.
 *
 * @returns the sums, `perSpeaker` (reference label → error) and `mapping` (hypothesis label → reference label)
 * @throws InvalidInputError `invalid_option` as `scoreCells`
 * @see N. Ryant et al., "The Second DIHARD Diarization Challenge", Interspeech 2019
 */
export function jaccardError(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: ScoringOptions = {},
): JaccardError & {
  readonly perSpeaker: ReadonlyMap<string, number>;
  readonly mapping: ReadonlyMap<string, string>;
} {
  const recording = scoreCells(reference, hypothesis, options);
  const mapping = mapSpeakers(recording);
  const { referenceSeconds, hypothesisSeconds, sharedSeconds } = durations(recording, mapping);
  const perSpeaker = new Map<string, number>();
  for (const [speaker, label] of recording.referenceLabels.entries()) {
    const seconds = referenceSeconds[speaker]!;
    if (seconds <= SHORTEST_TURN_SECONDS) continue;
    const mapped = mapping[speaker]!;
    const shared = sharedSeconds[speaker]!;
    perSpeaker.set(label, mapped < 0 ? 1 : 1 - shared / (seconds + hypothesisSeconds[mapped]! - shared));
  }
  const speakerErrorSum = [...perSpeaker.values()].reduce((sum, error) => sum + error, 0);
  return {
    ...sumJaccardErrors([{ speakerCount: perSpeaker.size, speakerErrorSum }]),
    perSpeaker,
    mapping: mappedLabels(recording, mapping),
  };
}

/** Jaccard error of several recordings: the mean over the speakers of all of them. */
export function sumJaccardErrors(
  errors: readonly Pick<JaccardError, 'speakerCount' | 'speakerErrorSum'>[],
): JaccardError {
  let [speakerCount, speakerErrorSum] = [0, 0];
  for (const error of errors) {
    speakerCount += error.speakerCount;
    speakerErrorSum += error.speakerErrorSum;
  }
  return {
    speakerCount,
    speakerErrorSum,
    errorRate: speakerCount === 0 ? 1 : speakerErrorSum / speakerCount,
  };
}

/** Seconds of each speaker, and of each reference speaker together with its mapped one; self-overlap counts once. */
function durations(recording: ScoredRecording, mapping: Int32Array) {
  const referenceSeconds = new Float64Array(recording.referenceLabels.length);
  const hypothesisSeconds = new Float64Array(recording.hypothesisLabels.length);
  const sharedSeconds = new Float64Array(recording.referenceLabels.length);
  for (const cell of recording.cells) {
    const hypothesis = new Set(cell.hypothesis);
    for (const speaker of hypothesis) hypothesisSeconds[speaker]! += cell.seconds;
    for (const speaker of new Set(cell.reference)) {
      referenceSeconds[speaker]! += cell.seconds;
      if (hypothesis.has(mapping[speaker]!)) sharedSeconds[speaker]! += cell.seconds;
    }
  }
  return { referenceSeconds, hypothesisSeconds, sharedSeconds };
}
