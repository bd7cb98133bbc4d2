import type { Turn } from '../../timeline/turns.ts';
import { scoreCells, type ScoringOptions } from './scored-cells.ts';

/** Seconds of speech and silence, found or not; all speakers are merged into speech. */
export type DetectionParts = {
  /** Reference speech that was found. */
  readonly truePositiveSeconds: number;
  readonly falseAlarmSeconds: number;
  readonly missedSeconds: number;
  /** Silence that was left alone; depends on the UEM. */
  readonly trueNegativeSeconds: number;
};

/** Errors of speech detection of a recording or, summed, of a corpus. */
export type DetectionError = DetectionParts & {
  /** Reference speech. */
  readonly totalSeconds: number;
  /** (missed + false alarm) / total; without reference speech 0 if nothing was falsely found, else 1. */
  readonly errorRate: number;
  /** Share of the found speech that is speech; 1 where nothing was found. */
  readonly precision: number;
  /** Share of the speech that was found; 1 where there is none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 where both are 0. */
  readonly fMeasure: number;
  /** Share of the scored time that was judged rightly; 1 where none is scored. */
  readonly accuracy: number;
};

/**
 * How well speech was told from silence, whoever speaks; definitions of pyannote.metrics.
 *
 * @throws InvalidInputError `invalid_option` as `scoreCells`
 */
export function detectionError(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: ScoringOptions = {},
): DetectionError {
  let [truePositive, falseAlarm, missed, trueNegative] = [0, 0, 0, 0];
  for (const cell of scoreCells(reference, hypothesis, options).cells) {
    const speech = cell.reference.length > 0;
    const found = cell.hypothesis.length > 0;
    if (speech && found) truePositive += cell.seconds;
    else if (speech) missed += cell.seconds;
    else if (found) falseAlarm += cell.seconds;
    else trueNegative += cell.seconds;
  }
  return sumDetectionErrors([
    {
      truePositiveSeconds: truePositive,
      falseAlarmSeconds: falseAlarm,
      missedSeconds: missed,
      trueNegativeSeconds: trueNegative,
    },
  ]);
}

/** Detection errors of several recordings: the parts are summed. */
export function sumDetectionErrors(errors: readonly DetectionParts[]): DetectionError {
  const sum = (part: keyof DetectionParts): number => errors.reduce((total, error) => total + error[part], 0);
  const truePositiveSeconds = sum('truePositiveSeconds');
  const falseAlarmSeconds = sum('falseAlarmSeconds');
  const missedSeconds = sum('missedSeconds');
  const trueNegativeSeconds = sum('trueNegativeSeconds');
  const totalSeconds = truePositiveSeconds + missedSeconds;
  const foundSeconds = truePositiveSeconds + falseAlarmSeconds;
  const scoredSeconds = totalSeconds + falseAlarmSeconds + trueNegativeSeconds;
  const precision = foundSeconds === 0 ? 1 : truePositiveSeconds / foundSeconds;
  const recall = totalSeconds === 0 ? 1 : truePositiveSeconds / totalSeconds;
  const errorSeconds = missedSeconds + falseAlarmSeconds;
  return {
    truePositiveSeconds,
    falseAlarmSeconds,
    missedSeconds,
    trueNegativeSeconds,
    totalSeconds,
    errorRate: totalSeconds === 0 ? Math.sign(errorSeconds) : errorSeconds / totalSeconds,
    precision,
    recall,
    fMeasure: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    accuracy: scoredSeconds === 0 ? 1 : (truePositiveSeconds + trueNegativeSeconds) / scoredSeconds,
  };
}
