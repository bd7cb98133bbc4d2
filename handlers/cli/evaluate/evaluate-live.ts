/** `colloquy evaluate --live`: how early and how right a live session is, on recordings with references. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { openAudio } from '../../../core/audio/decode.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { Telling } from '../../../core/live/telling.ts';
import {
  diarizationError,
  type DiarizationError,
  sumDiarizationErrors,
} from '../../../core/metrics/diarization/diarization-error.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { liveStartSchema } from '../../../sdk/live/client-message.ts';
import { openStore } from '../../setup/composition.ts';
import { KeptSound } from '../../work/live/kept-sound.ts';
import { liveSetup } from '../../work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../work/live/run-live.ts';
import type { CliContext } from '../context.ts';
import { loadRecordings } from './load-recordings.ts';
import type { Report, ReportColumn, ReportValues } from './report.ts';

const AUDIO_ENDINGS = new Set(['.wav', '.flac', '.mp3', '.m4a', '.ogg', '.opus', '.webm', '.mp4']);
const WAITING_SAMPLES = 16_000;

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
  { key: 'labelCount', heading: 'labels', unit: 'count' },
  { key: 'firstMissedSeconds', heading: 'missed s', unit: 'seconds', detail: true },
  { key: 'firstFalseAlarmSeconds', heading: 'false alarm s', unit: 'seconds', detail: true },
  { key: 'firstConfusionSeconds', heading: 'confusion s', unit: 'seconds', detail: true },
  { key: 'firstCorrectSeconds', heading: 'correct s', unit: 'seconds', detail: true },
  { key: 'totalSeconds', heading: 'speech s', unit: 'seconds', detail: true },
];

/** What scoring touches of the outside. */
export type LiveEvaluationContext = Pick<CliContext, 'config' | 'signal'>;

/** How early and how right one recording, or several together, were told. */
export type LiveScore = {
  readonly first: DiarizationError;
  readonly later: DiarizationError;
  readonly end: DiarizationError;
  readonly changes: number;
  readonly minutes: number;
  readonly firstLabels: readonly number[];
  readonly labelCount: number;
};

/**
 * One report for each latency. Files are read as fast as they can be worked on.
 *
 * @throws InvalidInputError `invalid_option` where no recording has a reference
 */
export async function evaluateLive(
  folder: string,
  reference: string,
  latencies: readonly number[],
  engine: Engine,
  context: LiveEvaluationContext,
): Promise<Report> {
  const references = await loadRecordings(reference);
  const files = (await filesOf(folder)).filter((file) => references.has(nameOf(file)));
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
    const scores: LiveScore[] = [];
    for (const file of files) {
      const truth = references.get(nameOf(file))!.result.turns;
      const score = await scoreLiveFile(file, truth, latencySeconds, engine, context);
      scores.push(score);
      rows.push({ recording: nameOf(file), values: { latencySeconds, ...valuesOf(score) } });
    }
    total = { latencySeconds, ...valuesOf(sumOfLiveScores(scores)) };
    if (latencies.length > 1) rows.push({ recording: 'all', values: total });
  }
  return {
    columns: COLUMNS,
    rows,
    total,
    note: 'first: as a turn was first told. 30 s later: as it was shown then. Changes: of what was two seconds old or more. TOTAL is of the last latency.',
  };
}

/** Hears a recording as fast as it can be worked on, and scores what was told of it. */
export async function scoreLiveFile(
  path: string,
  truth: readonly Turn[],
  latencySeconds: number,
  engine: Engine,
  { config, signal }: LiveEvaluationContext,
): Promise<LiveScore> {
  const start = liveStartSchema.parse({ type: 'start', tasks: ['diarize'], latencySeconds });
  const input = await liveSetup(openStore(config), start);
  const { blocks } = await openAudio({ path }, { signal, limits: config.audioLimits });
  const sound = new KeptSound(MOST_KEPT_SAMPLES);
  const telling = new Telling(latencySeconds);
  const listening = runLive(engine, input, sound, { signal, onEvent: (event) => telling.hear(event) });
  listening.catch(() => sound.end());
  for await (const block of blocks) {
    sound.push(block);
    await sound.room(WAITING_SAMPLES);
  }
  sound.end();
  await listening;
  const { result } = telling.state;
  return {
    first: diarizationError(truth, telling.first),
    later: diarizationError(truth, telling.later),
    end: diarizationError(truth, result?.turns ?? []),
    changes: telling.changes,
    minutes: (result?.durationSeconds ?? 0) / 60,
    firstLabels: telling.firstLabelSeconds,
    labelCount: telling.labelCount,
  };
}

export function sumOfLiveScores(scores: readonly LiveScore[]): LiveScore {
  const sum = (valueOf: (score: LiveScore) => number): number =>
    scores.reduce((total, score) => total + valueOf(score), 0);
  return {
    first: sumDiarizationErrors(scores.map(({ first }) => first)),
    later: sumDiarizationErrors(scores.map(({ later }) => later)),
    end: sumDiarizationErrors(scores.map(({ end }) => end)),
    changes: sum(({ changes }) => changes),
    minutes: sum(({ minutes }) => minutes),
    firstLabels: scores.flatMap(({ firstLabels }) => firstLabels),
    labelCount: sum(({ labelCount }) => labelCount),
  };
}

function valuesOf({ first, later, end, changes, minutes, firstLabels, labelCount }: LiveScore): ReportValues {
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
    labelCount,
    firstMissedSeconds: first.missedSeconds,
    firstFalseAlarmSeconds: first.falseAlarmSeconds,
    firstConfusionSeconds: first.confusionSeconds,
    firstCorrectSeconds: first.correctSeconds,
    totalSeconds: first.totalSeconds,
  };
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => AUDIO_ENDINGS.has(extname(name).toLowerCase()));
  return names.sort().map((name) => join(path, name));
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}
