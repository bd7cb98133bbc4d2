import type { ResolutionContext } from '../../resolution/resolve.ts';
import type { TuneJournalState } from '../journal/journal-state.ts';
import type { SearchSpace } from '../space/search-setting.ts';

import type { Setting, Settings } from '../../resolution/settings.ts';
import { gainInterval } from './bootstrap.ts';
import { choose, gainOf } from './choose.ts';
import { scoresOf } from './evaluate-settings.ts';
import { pointOf, warningsOf, type TuneWarning } from './findings.ts';
import { metricOf, pooledMetric, type TuneMetric } from './metric.ts';
import { sliceAlong, type Slice } from './slices.ts';
import type { Study } from './study.ts';
import { largestOf, smallestOf } from '../../math/extremes.ts';

/** Version of report.json. */
export const TUNE_REPORT_VERSION = 1;

/** What a study came to, for people and programs. Metrics are shares but for `speaker-count`. */
export type TuneReport = {
  readonly schemaVersion: typeof TUNE_REPORT_VERSION;
  readonly preset: string;
  readonly metric: TuneMetric;
  readonly sampler: string;
  readonly seed: number;
  readonly trials: { readonly complete: number; readonly failed: number; readonly imported: number };
  readonly recordings: {
    readonly total: number;
    readonly tuned: number;
    readonly validated: number;
    readonly folds: number;
  };
  readonly defaults: Settings;
  /** Settings of the proposal. */
  readonly settings: Settings;
  readonly fixed: Settings;
  readonly proposedTrial: number;
  readonly training: { readonly before: number; readonly after: number; readonly gain: number };
  /** On recordings that were not tuned on; absent without any. */
  readonly validation?: {
    readonly before: number;
    readonly after: number;
    readonly gain: number;
    /** 90 % of resampled sets of recordings gain between these. */
    readonly interval: readonly [number, number];
    /** Recordings that got worse by more than five points. */
    readonly worse: readonly {
      readonly recording: string;
      readonly before: number;
      readonly after: number;
    }[];
  };
  readonly warnings: readonly TuneWarning[];
  readonly settingsSearched: readonly SearchedSetting[];
  /** Metric over all recordings by trial. */
  readonly history: readonly { readonly trial: number; readonly source: string; readonly metric: number }[];
};

/** One setting of the space: what was searched, what came out, how much hangs on it. */
export type SearchedSetting = {
  readonly path: string;
  readonly before: Setting;
  readonly after: Setting;
  /** Range of the mean metric between the quarters of the trials by this setting's value. */
  readonly importance: number;
} & Omit<Slice, 'path'>;

/** This many points worse than the proposal is still its plateau. */
const PLATEAU_POINTS = 0.5;
/** A recording this many points worse is told by name. */
const WORSE_POINTS = 5;

/**
 * Draws up the report of a study. Settings are tried once more along each axis of the proposal, beside the trials.
 *
 * @returns undefined while the default has not been scored
 */
export function tuneReport(
  study: Study,
  state: TuneJournalState,
  context: ResolutionContext,
): TuneReport | undefined {
  const { line, recordings } = study;
  const { trials } = state;
  const choice = choose(study, trials);
  if (choice === undefined) return undefined;
  const { metric } = line;
  const space = line.space as SearchSpace;
  const point = pointOf(metric);
  const tuned = recordings.flatMap(({ isValidation }, index) => (isValidation ? [] : [index]));
  const measure = (settings: Settings): number => {
    const scores = scoresOf(study, settings, context);
    return pooledMetric(
      metric,
      tuned.map((index) => scores[index]!),
    );
  };
  const complete = trials.filter((trial) => trial.state === 'complete');
  const metrics = complete.map((trial) =>
    pooledMetric(
      metric,
      tuned.map((index) => trial.scores[index]!),
    ),
  );
  const { proposal, trainingBefore, trainingAfter } = choice;
  const slices = space.map((setting) =>
    sliceAlong(setting, proposal.settings, measure, PLATEAU_POINTS * point),
  );
  const trainingGain = trainingBefore - trainingAfter;
  const validation = choice.validated && {
    before: pooledMetric(metric, choice.validated.before),
    after: pooledMetric(metric, choice.validated.after),
    gain: gainOf(study, choice.validated),
    interval: gainInterval(metric, choice.validated, line.seed),
    worse: choice.validated.recordings.flatMap((recording, index) => {
      const before = metricOf(metric, choice.validated!.before[index]!);
      const after = metricOf(metric, choice.validated!.after[index]!);
      const isWorse = after - before > WORSE_POINTS * point;
      return isWorse ? [{ recording: recordings[recording]!.name, before, after }] : [];
    }),
  };
  return {
    schemaVersion: TUNE_REPORT_VERSION,
    preset: line.preset,
    metric,
    sampler: line.sampler,
    seed: line.seed,
    trials: {
      complete: complete.length,
      failed: trials.filter((trial) => trial.state === 'failed').length,
      imported: state.imported.length,
    },
    recordings: {
      total: recordings.length,
      tuned: tuned.length,
      validated: choice.validated?.recordings.length ?? 0,
      folds: study.foldCount,
    },
    defaults: study.defaults,
    settings: proposal.settings,
    fixed: line.fixed,
    proposedTrial: proposal.number,
    training: { before: trainingBefore, after: trainingAfter, gain: trainingGain },
    ...(validation === undefined ? {} : { validation }),
    warnings: warningsOf({
      metric,
      recordingCount: tuned.length,
      trainingGain,
      ...(validation === undefined ? {} : { validation }),
      space,
      settings: proposal.settings,
      defaults: study.defaults,
      slices,
    }),
    settingsSearched: slices.map(({ path, ...slice }) => ({
      path,
      before: study.defaults[path]!,
      after: proposal.settings[path]!,
      importance: importanceOf(
        complete.map(({ settings }) => settings[path]!),
        metrics,
      ),
      ...slice,
    })),
    history: complete.map(({ number, source }, index) => ({
      trial: number,
      source,
      metric: metrics[index]!,
    })),
  };
}

/** How far apart the means of the quarters lie, trials ordered by the setting; of choices, by choice. */
function importanceOf(values: readonly Setting[], metrics: readonly number[]): number {
  const isNumeric = values.every((value) => typeof value === 'number');
  const order = [...values.keys()].sort((a, b) =>
    isNumeric ? Number(values[a]) - Number(values[b]) : String(values[a]) < String(values[b]) ? -1 : 1,
  );
  const groups = new Map<string | number, number[]>();
  order.forEach((index, rank) => {
    const group = isNumeric ? Math.floor((4 * rank) / order.length) : String(values[index]);
    groups.set(group, [...(groups.get(group) ?? []), metrics[index]!]);
  });
  const means = [...groups.values()].map((own) => own.reduce((sum, value) => sum + value, 0) / own.length);
  return largestOf(means) - smallestOf(means);
}
