import type { SearchSpace } from '../space/search-setting.ts';
import { searchedBounds, toSearched } from '../tpe/distribution.ts';
import type { Settings } from '../../resolution/settings.ts';
import type { Slice } from './slices.ts';
import type { TuneMetric } from './metric.ts';

/** What makes a tuned result doubtful. */
export const TUNE_WARNINGS = [
  'tuned_not_validated',
  'tuned_few_recordings',
  'tuned_no_better',
  'tuned_overfits',
  'tuned_at_edge',
  'tuned_on_cliff',
] as const;
export type TuneWarning = { readonly code: (typeof TUNE_WARNINGS)[number]; readonly message: string };

/** With fewer recordings gain and luck cannot be told apart. */
export const FEWEST_RECORDINGS = 6;
/** This near to a bound, as a share of the range, a better value may lie beyond. */
const EDGE_SHARE = 0.02;

/** A point of the metric: a hundredth of a share; a tenth of a speaker. */
export function pointOf(metric: TuneMetric): number {
  return metric === 'speaker-count' ? 0.1 : 0.01;
}

export type Evidence = {
  readonly metric: TuneMetric;
  readonly recordingCount: number;
  readonly trainingGain: number;
  /** Absent without validation. */
  readonly validation?: { readonly gain: number; readonly interval: readonly [number, number] };
  readonly space: SearchSpace;
  readonly settings: Settings;
  readonly defaults: Settings;
  readonly slices: readonly Slice[];
};

/** All that speaks against applying a result. */
export function warningsOf(evidence: Evidence): TuneWarning[] {
  return [
    ...validationWarnings(evidence),
    ...evidence.space.flatMap((setting) => edgeWarning(setting, evidence)),
    ...evidence.slices.flatMap((slice) => cliffWarning(slice, evidence.metric)),
  ];
}

function validationWarnings({ recordingCount, trainingGain, validation }: Evidence): TuneWarning[] {
  const warnings: TuneWarning[] = [];
  if (recordingCount < FEWEST_RECORDINGS) {
    warnings.push({
      code: 'tuned_few_recordings',
      message: `${recordingCount} recordings cannot tell gain from luck; at least ${FEWEST_RECORDINGS}, better dozens, are needed.`,
    });
  }
  if (validation === undefined) {
    warnings.push({
      code: 'tuned_not_validated',
      message: 'There is no recording to validate with: what is gained elsewhere is unknown.',
    });
    return warnings;
  }
  const { gain, interval } = validation;
  if (interval[0] <= 0 && interval[1] >= 0) {
    warnings.push({
      code: 'tuned_no_better',
      message: 'On recordings that were not tuned on, the gain may as well be none.',
    });
  }
  if (trainingGain > 0 && (gain < 0 || gain < trainingGain / 2)) {
    warnings.push({
      code: 'tuned_overfits',
      message:
        gain < 0
          ? 'On recordings that were not tuned on, the tuned settings are worse than the default.'
          : 'Less than half of the gain is left on recordings that were not tuned on.',
    });
  }
  return warnings;
}

function edgeWarning(setting: SearchSpace[number], { settings, defaults }: Evidence): TuneWarning[] {
  const value = settings[setting.path];
  if (setting.kind === 'categorical' || value === defaults[setting.path]) return [];
  const [low, high] = searchedBounds(setting);
  const share = (toSearched(setting, Number(value)) - low) / (high - low);
  if (share > EDGE_SHARE && share < 1 - EDGE_SHARE) return [];
  return [
    {
      code: 'tuned_at_edge',
      message: `${setting.path} lies at the edge of what was searched (${setting.low} to ${setting.high}).`,
    },
  ];
}

function cliffWarning({ path, cliff }: Slice, metric: TuneMetric): TuneWarning[] {
  if (cliff <= pointOf(metric)) return [];
  return [
    {
      code: 'tuned_on_cliff',
      message: `Moving ${path} by a twentieth of its range costs ${formatMetric(metric, cliff)}.`,
    },
  ];
}

/** A metric, or a difference of one, for people. */
export function formatMetric(metric: TuneMetric, value: number): string {
  return metric === 'speaker-count' ? value.toFixed(2) : `${(100 * value).toFixed(2)} %`;
}

/** True where nothing shows that a result would not help on other recordings. */
export function isTrustworthy(warnings: readonly TuneWarning[]): boolean {
  const serious: readonly string[] = ['tuned_not_validated', 'tuned_few_recordings', 'tuned_overfits'];
  return !warnings.some(({ code }) => serious.includes(code));
}
