import type { Trial } from '../journal/journal-state.ts';
import type { SearchSpace } from '../space/search-setting.ts';
import type { Settings } from '../../resolution/settings.ts';
import { searchedBounds, toSearched } from '../tpe/distribution.ts';
import { pooledMetric, type RecordingScore } from './metric.ts';
import { isVisibleTo, pooledOver } from './next-trial.ts';
import { partsOfFold, type Study } from './study.ts';

/** Scores of the same recordings with the default and with what was tuned without them. */
export type ValidatedScores = {
  /** Indices of the recordings. */
  readonly recordings: readonly number[];
  readonly before: readonly RecordingScore[];
  readonly after: readonly RecordingScore[];
};

/** What a study came to. */
export type Choice = {
  readonly reference: Trial;
  /** What is proposed: the best trial over all training parts. */
  readonly proposal: Trial;
  /** Metric over the training parts, their mean where there are several. */
  readonly trainingBefore: number;
  readonly trainingAfter: number;
  /** Of each part the best trial that was found without it, scored on it; absent without validation. */
  readonly validated?: ValidatedScores;
};

/**
 * Chooses. A fold's own choice is made from trials that did not see it, so that the validated scores are those of
 * recordings that nobody tuned on; the proposal may look at all.
 *
 * @returns undefined while the default has not been scored
 */
export function choose(study: Study, trials: readonly Trial[]): Choice | undefined {
  const complete = trials.filter(({ state }) => state === 'complete');
  const reference = complete.find(({ source }) => source === 'default');
  if (reference === undefined) return undefined;
  const folds = Array.from({ length: Math.max(1, study.foldCount) }, (_, fold) => fold);
  const trainings = folds.map((fold) => partsOfFold(study, study.foldCount === 0 ? NO_FOLD : fold).training);
  const trainingOf = (trial: Trial): number =>
    trainings.reduce((sum, training) => sum + pooledOver(study, trial, training), 0) / trainings.length;
  const proposal = best(study, complete, trainingOf);
  const choice = {
    reference,
    proposal,
    trainingBefore: trainingOf(reference),
    trainingAfter: trainingOf(proposal),
  };
  if (study.foldCount === 0) return choice;
  return { ...choice, validated: validate(study, complete, reference, folds, proposal) };
}

/** A fold that no recording belongs to: all are trained on. */
const NO_FOLD = -2;

function validate(
  study: Study,
  complete: readonly Trial[],
  reference: Trial,
  folds: readonly number[],
  proposal: Trial,
): ValidatedScores {
  const recordings: number[] = [];
  const before: RecordingScore[] = [];
  const after: RecordingScore[] = [];
  for (const fold of folds) {
    const { training, validation } = partsOfFold(study, fold);
    const visible = complete.filter((trial) => isVisibleTo(fold, trial));
    // Recordings set apart were seen by no trial, so the proposal itself is tried on them.
    const own =
      study.foldCount === 1 ? proposal : best(study, visible, (trial) => pooledOver(study, trial, training));
    for (const recording of validation) {
      recordings.push(recording);
      before.push(reference.scores[recording]!);
      after.push(own.scores[recording]!);
    }
  }
  return { recordings, before, after };
}

/** The least value; of exact ties what is nearest to the default, then what came first. */
function best(study: Study, trials: readonly Trial[], valueOf: (trial: Trial) => number): Trial {
  const rated = trials.map((trial) => ({
    trial,
    value: valueOf(trial),
    distance: distanceOf(study.line.space as SearchSpace, trial.settings, study.defaults),
  }));
  return rated.reduce((least, candidate) =>
    candidate.value < least.value || (candidate.value === least.value && candidate.distance < least.distance)
      ? candidate
      : least,
  ).trial;
}

/** How far two settings lie apart: the sum of the shares of each range; 1 for another choice. */
export function distanceOf(space: SearchSpace, a: Settings, b: Settings): number {
  return space.reduce((sum, setting) => {
    const first = a[setting.path];
    const second = b[setting.path];
    if (setting.kind === 'categorical') return sum + (first === second ? 0 : 1);
    const [low, high] = searchedBounds(setting);
    const difference = toSearched(setting, Number(first)) - toSearched(setting, Number(second));
    return sum + Math.abs(difference) / (high - low);
  }, 0);
}

/** What the tuned settings gain over the default, positive where they are better. */
export function gainOf(study: Pick<Study, 'line'>, { before, after }: ValidatedScores): number {
  const { metric } = study.line;
  return pooledMetric(metric, before) - pooledMetric(metric, after);
}
