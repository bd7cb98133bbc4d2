import type { Turn } from '../../timeline/turns.ts';
import { scoreCells, type ScoredCell, type ScoringOptions } from './scored-cells.ts';
import { mappedLabels, mapSpeakers } from './speaker-mapping.ts';

/** The parts of the diarization error rate, in seconds of speech (overlap counts once for each speaker). */
export type DiarizationErrorParts = {
  /** Reference speech. */
  readonly totalSeconds: number;
  readonly correctSeconds: number;
  readonly missedSeconds: number;
  readonly falseAlarmSeconds: number;
  readonly confusionSeconds: number;
};

/** Diarization error rate of a recording or, summed, of a corpus. */
export type DiarizationError = DiarizationErrorParts & {
  /** (missed + false alarm + confusion) / total; without reference speech 0 if nothing was falsely found, else 1. */
  readonly errorRate: number;
};

/**
 * Diarization error rate with the best one-to-one mapping of speakers, as pyannote.metrics defines it.
 *
 * The mapping is found after UEM, collars and overlap are taken out. Conventions of collar, UEM and speakers that
 * overlap themselves: `scoreCells`.
 *
 * @returns the parts and `mapping`: hypothesis label → reference label
 * @throws InvalidInputError `invalid_option` as `scoreCells`
 * @see H. Bredin, "pyannote.metrics: a toolkit for reproducible evaluation, diagnostic, and error analysis of speaker
 *   diarization systems", Interspeech 2017
 */
export function diarizationError(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: ScoringOptions = {},
): DiarizationError & { readonly mapping: ReadonlyMap<string, string> } {
  const recording = scoreCells(reference, hypothesis, options);
  const mapping = mapSpeakers(recording);
  let [total, correct, missed, falseAlarm] = [0, 0, 0, 0];
  let confusion = 0;
  for (const cell of recording.cells) {
    const referenceCount = cell.reference.length;
    const hypothesisCount = cell.hypothesis.length;
    const matches = matchCount(cell, mapping);
    total += cell.seconds * referenceCount;
    correct += cell.seconds * matches;
    missed += cell.seconds * Math.max(0, referenceCount - hypothesisCount);
    falseAlarm += cell.seconds * Math.max(0, hypothesisCount - referenceCount);
    confusion += cell.seconds * (Math.min(referenceCount, hypothesisCount) - matches);
  }
  const parts = {
    totalSeconds: total,
    correctSeconds: correct,
    missedSeconds: missed,
    falseAlarmSeconds: falseAlarm,
    confusionSeconds: confusion,
  };
  return { ...parts, errorRate: errorRateOf(parts), mapping: mappedLabels(recording, mapping) };
}

/** How many of the active reference turns have their mapped speaker active, each of those used once. */
function matchCount({ reference, hypothesis }: ScoredCell, mapping: Int32Array): number {
  const left = [...hypothesis];
  let matches = 0;
  for (const speaker of reference) {
    const index = left.indexOf(mapping[speaker]!);
    if (index < 0) continue;
    left.splice(index, 1);
    matches += 1;
  }
  return matches;
}

/** Error of several recordings together: the parts are summed, so long recordings weigh more; no mean of rates. */
export function sumDiarizationErrors(errors: readonly DiarizationErrorParts[]): DiarizationError {
  const sum = (part: keyof DiarizationErrorParts): number =>
    errors.reduce((total, error) => total + error[part], 0);
  const parts = {
    totalSeconds: sum('totalSeconds'),
    correctSeconds: sum('correctSeconds'),
    missedSeconds: sum('missedSeconds'),
    falseAlarmSeconds: sum('falseAlarmSeconds'),
    confusionSeconds: sum('confusionSeconds'),
  };
  return { ...parts, errorRate: errorRateOf(parts) };
}

function errorRateOf(parts: DiarizationErrorParts): number {
  const errorSeconds = parts.missedSeconds + parts.falseAlarmSeconds + parts.confusionSeconds;
  if (parts.totalSeconds === 0) return errorSeconds > 0 ? 1 : 0;
  return errorSeconds / parts.totalSeconds;
}
