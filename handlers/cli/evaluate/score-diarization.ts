import { detectionError, sumDetectionErrors } from '../../../core/metrics/diarization/detection-error.ts';
import {
  diarizationError,
  sumDiarizationErrors,
  type DiarizationError,
} from '../../../core/metrics/diarization/diarization-error.ts';
import { jaccardError, sumJaccardErrors } from '../../../core/metrics/diarization/jaccard-error.ts';
import { purityCoverage, sumPurityCoverage } from '../../../core/metrics/diarization/purity-coverage.ts';
import type { ScoringOptions } from '../../../core/metrics/diarization/scored-cells.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import type { Report, ReportColumn, ReportValues } from './report.ts';

const COLUMNS: readonly ReportColumn[] = [
  { key: 'diarizationErrorRate', heading: 'DER %', unit: 'percent' },
  { key: 'missedRate', heading: 'missed %', unit: 'percent' },
  { key: 'falseAlarmRate', heading: 'false al. %', unit: 'percent' },
  { key: 'confusionRate', heading: 'confusion %', unit: 'percent' },
  { key: 'jaccardErrorRate', heading: 'JER %', unit: 'percent' },
  { key: 'detectionErrorRate', heading: 'detection %', unit: 'percent' },
  { key: 'purity', heading: 'purity %', unit: 'percent' },
  { key: 'coverage', heading: 'coverage %', unit: 'percent' },
  { key: 'totalSeconds', heading: 'speech s', unit: 'seconds' },
  { key: 'missedSeconds', heading: 'missed s', unit: 'seconds', detail: true },
  { key: 'falseAlarmSeconds', heading: 'false al. s', unit: 'seconds', detail: true },
  { key: 'confusionSeconds', heading: 'confusion s', unit: 'seconds', detail: true },
  { key: 'referenceSpeakerCount', heading: 'speakers', unit: 'count' },
  { key: 'hypothesisSpeakerCount', heading: 'found', unit: 'count' },
];

/** A recording to score, with the options that hold for it. */
export type DiarizationPair = {
  readonly recording: string;
  readonly reference: readonly Turn[];
  readonly hypothesis: readonly Turn[];
  readonly options: ScoringOptions;
};

/** All diarization metrics of every recording, and of all together (sums, not means of rates). */
export function scoreDiarization(pairs: readonly DiarizationPair[]): Report {
  const scores = pairs.map(({ recording, reference, hypothesis, options }) => ({
    recording,
    diarization: diarizationError(reference, hypothesis, options),
    jaccard: jaccardError(reference, hypothesis, options),
    detection: detectionError(reference, hypothesis, options),
    purityCoverage: purityCoverage(reference, hypothesis, { uem: options.uem }),
    referenceSpeakerCount: speakerCount(reference),
    hypothesisSpeakerCount: speakerCount(hypothesis),
  }));
  return {
    columns: COLUMNS,
    rows: scores.map((score) => ({ recording: score.recording, values: valuesOf(score) })),
    total: valuesOf({
      diarization: sumDiarizationErrors(scores.map((score) => score.diarization)),
      jaccard: sumJaccardErrors(scores.map((score) => score.jaccard)),
      detection: sumDetectionErrors(scores.map((score) => score.detection)),
      purityCoverage: sumPurityCoverage(scores.map((score) => score.purityCoverage)),
      referenceSpeakerCount: sumOf(scores.map((score) => score.referenceSpeakerCount)),
      hypothesisSpeakerCount: sumOf(scores.map((score) => score.hypothesisSpeakerCount)),
    }),
  };
}

type Scores = {
  readonly diarization: DiarizationError;
  readonly jaccard: { readonly errorRate: number };
  readonly detection: { readonly errorRate: number };
  readonly purityCoverage: { readonly purity: number; readonly coverage: number };
  readonly referenceSpeakerCount: number;
  readonly hypothesisSpeakerCount: number;
};

function valuesOf(scores: Scores): ReportValues {
  const { diarization } = scores;
  const rate = (seconds: number): number | null =>
    diarization.totalSeconds > 0 ? seconds / diarization.totalSeconds : null;
  return {
    diarizationErrorRate: diarization.errorRate,
    missedRate: rate(diarization.missedSeconds),
    falseAlarmRate: rate(diarization.falseAlarmSeconds),
    confusionRate: rate(diarization.confusionSeconds),
    jaccardErrorRate: scores.jaccard.errorRate,
    detectionErrorRate: scores.detection.errorRate,
    purity: scores.purityCoverage.purity,
    coverage: scores.purityCoverage.coverage,
    totalSeconds: diarization.totalSeconds,
    missedSeconds: diarization.missedSeconds,
    falseAlarmSeconds: diarization.falseAlarmSeconds,
    confusionSeconds: diarization.confusionSeconds,
    referenceSpeakerCount: scores.referenceSpeakerCount,
    hypothesisSpeakerCount: scores.hypothesisSpeakerCount,
  };
}

function speakerCount(turns: readonly Turn[]): number {
  return new Set(turns.map((turn) => turn.speaker)).size;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
