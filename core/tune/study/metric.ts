import { detectionError } from '../../metrics/diarization/detection-error.ts';
import { diarizationError } from '../../metrics/diarization/diarization-error.ts';
import { jaccardError } from '../../metrics/diarization/jaccard-error.ts';
import type { ScoringOptions } from '../../metrics/diarization/scored-cells.ts';
import type { Turn } from '../../timeline/turns.ts';

/** What can be lowered. All are shares but for `speaker-count`, the mean of |found - true|. */
export const TUNE_METRICS = ['der', 'jer', 'confusion', 'detection', 'speaker-count'] as const;
export type TuneMetric = (typeof TUNE_METRICS)[number];

/**
 * How one recording was resolved: parts of which every metric is made, for this recording or pooled over many, so that
 * other metrics and splits need no new trial.
 */
export type RecordingScore = {
  readonly totalSeconds: number;
  readonly missedSeconds: number;
  readonly falseAlarmSeconds: number;
  readonly confusionSeconds: number;
  /** Speech against silence, whoever speaks. */
  readonly speechSeconds: number;
  readonly detectionErrorSeconds: number;
  /** Sum of the Jaccard error over reference speakers, and how many these are. */
  readonly jaccardSum: number;
  readonly referenceSpeakers: number;
  readonly foundSpeakers: number;
};

/** The numbers of a score, in the order in which they are written. */
export const SCORE_PARTS = [
  'totalSeconds',
  'missedSeconds',
  'falseAlarmSeconds',
  'confusionSeconds',
  'speechSeconds',
  'detectionErrorSeconds',
  'jaccardSum',
  'referenceSpeakers',
  'foundSpeakers',
] as const satisfies readonly (keyof RecordingScore)[];

export function scoreRecording(
  reference: readonly Turn[],
  found: readonly Turn[],
  options: ScoringOptions,
): RecordingScore {
  const error = diarizationError(reference, found, options);
  const detection = detectionError(reference, found, options);
  const jaccard = jaccardError(reference, found, options);
  return {
    totalSeconds: error.totalSeconds,
    missedSeconds: error.missedSeconds,
    falseAlarmSeconds: error.falseAlarmSeconds,
    confusionSeconds: error.confusionSeconds,
    speechSeconds: detection.totalSeconds,
    detectionErrorSeconds: detection.missedSeconds + detection.falseAlarmSeconds,
    jaccardSum: jaccard.speakerErrorSum,
    referenceSpeakers: jaccard.speakerCount,
    foundSpeakers: new Set(found.map(({ speaker }) => speaker)).size,
  };
}

/** A metric over recordings together: errors are summed before they are divided, so long recordings weigh more. */
export function pooledMetric(metric: TuneMetric, scores: readonly RecordingScore[]): number {
  const sum = (part: keyof RecordingScore): number => scores.reduce((total, score) => total + score[part], 0);
  switch (metric) {
    case 'der':
      return share(
        sum('missedSeconds') + sum('falseAlarmSeconds') + sum('confusionSeconds'),
        sum('totalSeconds'),
      );
    case 'confusion':
      return share(sum('confusionSeconds'), sum('totalSeconds'));
    case 'detection':
      return share(sum('detectionErrorSeconds'), sum('speechSeconds'));
    case 'jer':
      return share(sum('jaccardSum'), sum('referenceSpeakers'));
    case 'speaker-count': {
      const wrong = scores.map((score) => Math.abs(score.foundSpeakers - score.referenceSpeakers));
      return share(
        wrong.reduce((total, count) => total + count, 0),
        scores.length,
      );
    }
  }
}

/** Without anything to find: 0 where nothing was found either, else 1. */
function share(errors: number, total: number): number {
  return total > 0 ? errors / total : Math.sign(errors);
}

/** A metric of one recording. */
export function metricOf(metric: TuneMetric, score: RecordingScore): number {
  return pooledMetric(metric, [score]);
}
