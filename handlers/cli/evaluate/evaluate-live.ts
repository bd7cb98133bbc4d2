/** `colloquy evaluate --live`: how early and how right a live session is, on recordings with references. */
import { basename, extname } from 'node:path';
import type { Engine } from '../../../core/engine/engine.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { DiarizationError } from '../../../core/metrics/diarization/diarization-error.ts';
import { recordingsOf } from '../input/recordings-of-folder.ts';
import { startLimited } from '../remote/start-limited.ts';
import { loadRecordings } from './load-recordings.ts';
import { type LiveEvaluationContext, type LiveScore, scoreLiveFile, sumOfLiveScores } from './score-live.ts';
import type { Report, ReportColumn, ReportValues } from './report.ts';

const COLUMNS: readonly ReportColumn[] = [
  { key: 'latencySeconds', heading: 'latency s', unit: 'seconds' },
  { key: 'firstErrorRate', heading: 'first DER %', unit: 'percent' },
  { key: 'firstConfusionRate', heading: 'confusion %', unit: 'percent' },
  { key: 'laterErrorRate', heading: '30 s later %', unit: 'percent' },
  { key: 'laterConfusionRate', heading: 'confusion %', unit: 'percent' },
  { key: 'endErrorRate', heading: 'end %', unit: 'percent' },
  { key: 'endConfusionRate', heading: 'confusion %', unit: 'percent' },
  { key: 'changesPerMinute', heading: 'changes/min', unit: 'seconds' },
  { key: 'firstLabelMedianSeconds', heading: 'label s', unit: 'seconds' },
  { key: 'firstLabelWorstSeconds', heading: 'worst s', unit: 'seconds' },
  { key: 'stepP95Seconds', heading: 'step p95 s', unit: 'seconds' },
  { key: 'labelCount', heading: 'labels', unit: 'count' },
  { key: 'firstMissedSeconds', heading: 'missed s', unit: 'seconds', detail: true },
  { key: 'firstFalseAlarmSeconds', heading: 'false alarm s', unit: 'seconds', detail: true },
  { key: 'firstConfusionSeconds', heading: 'confusion s', unit: 'seconds', detail: true },
  { key: 'firstCorrectSeconds', heading: 'correct s', unit: 'seconds', detail: true },
  { key: 'totalSeconds', heading: 'speech s', unit: 'seconds', detail: true },
];

export type LiveEvaluationOptions = {
  /** Ages at which turns are told. */
  readonly latencies: readonly number[];
  /** Recordings at a time. */
  readonly jobs: number;
  /** Told of files among the references that describe no recording. */
  readonly onLeftOut?: (file: string) => void;
};

/**
 * One report for each latency. Files are read as fast as they can be worked on.
 *
 * @throws InvalidInputError `invalid_option` where no recording has a reference
 */
export async function evaluateLive(
  folder: string,
  reference: string,
  { latencies, jobs, onLeftOut }: LiveEvaluationOptions,
  engine: Engine,
  context: LiveEvaluationContext,
): Promise<Report> {
  const recordings = await recordingsOf(folder);
  const wanted = new Set(recordings.map(nameOf));
  const leftOut = onLeftOut === undefined ? {} : { onLeftOut };
  const references = await loadRecordings(reference, { wanted, ...leftOut });
  const files = recordings.filter((file) => references.has(nameOf(file)));
  if (files.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      `No recording in ${basename(folder)} has a reference of its name. Expected name.wav beside name.rttm.`,
      { details: { option: '--live' } },
    );
  }
  const rows: { recording: string; values: ReportValues }[] = [];
  let total: ReportValues = {};
  for (const latencySeconds of latencies) {
    const score = (file: string): Promise<LiveScore> =>
      scoreLiveFile(file, references.get(nameOf(file))!.result.turns, latencySeconds, engine, context);
    const scores = await Promise.all(startLimited(files, jobs, score));
    files.forEach((file, index) =>
      rows.push({ recording: nameOf(file), values: { latencySeconds, ...valuesOf(scores[index]!) } }),
    );
    total = { latencySeconds, ...valuesOf(sumOfLiveScores(scores)) };
    if (latencies.length > 1) rows.push({ recording: 'all', values: total });
  }
  return {
    columns: COLUMNS,
    rows,
    total,
    note: 'first: as a turn was first told. 30 s later: as it was shown then. Changes: of what was two seconds old or more. Step: wall time for half a second of sound; longer with several --jobs. TOTAL is of the last latency.',
  };
}

function valuesOf(score: LiveScore): ReportValues {
  const { first, later, end, changes, minutes, firstLabels, labelCount, steps } = score;
  const confusion = ({ confusionSeconds, totalSeconds }: DiarizationError): number | null =>
    totalSeconds > 0 ? confusionSeconds / totalSeconds : null;
  const sorted = firstLabels.toSorted((a, b) => a - b);
  return {
    firstErrorRate: first.errorRate,
    firstConfusionRate: confusion(first),
    laterErrorRate: later.errorRate,
    laterConfusionRate: confusion(later),
    endErrorRate: end.errorRate,
    endConfusionRate: confusion(end),
    changesPerMinute: minutes > 0 ? changes / minutes : null,
    firstLabelMedianSeconds: sorted[Math.floor(sorted.length / 2)] ?? null,
    firstLabelWorstSeconds: sorted.at(-1) ?? null,
    stepP95Seconds: steps.toSorted((a, b) => a - b)[Math.floor(0.95 * (steps.length - 1))] ?? null,
    labelCount,
    firstMissedSeconds: first.missedSeconds,
    firstFalseAlarmSeconds: first.falseAlarmSeconds,
    firstConfusionSeconds: first.confusionSeconds,
    firstCorrectSeconds: first.correctSeconds,
    totalSeconds: first.totalSeconds,
  };
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}
