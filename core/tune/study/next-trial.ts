import { createRandom } from '../../math/random.ts';
import type { ImportedLine, StartLine } from '../journal/journal-lines.ts';
import type { Trial } from '../journal/journal-state.ts';
import { gridOf } from '../space/grid.ts';
import type { SearchSpace } from '../space/search-setting.ts';
import { proposeValue, type TrialOutcome } from '../tpe/propose.ts';
import { randomValue } from '../tpe/random-value.ts';

import type { Setting, Settings } from '../../resolution/settings.ts';
import { pooledMetric, type RecordingScore } from './metric.ts';
import { partsOfFold, type Study } from './study.ts';

/** What is tried next. */
export type Proposal = Pick<StartLine, 'settings' | 'source' | 'fold'>;

/** A value that was tried before is replaced, at most so often. */
const MOST_REDRAWS = 10;

/**
 * Settings of the trial with this number: trial 0 is the default, what a dead worker left comes first after it, then the
 * sampler decides. The same for whoever asks: random numbers come from the seed and the number alone.
 *
 * @returns undefined where a grid is used up
 */
export function nextTrial(
  study: Study,
  number: number,
  trials: readonly Trial[],
  imported: readonly ImportedLine[],
): Proposal | undefined {
  if (number === 0) return { settings: study.defaults, source: 'default', fold: -1 };
  const left = abandonedTrial(trials);
  if (left !== undefined) return { settings: left.settings, source: 'retry', fold: left.fold };
  const { sampler, space, points, seed } = study.line;
  const random = createRandom(mixed(seed, number));
  if (sampler === 'grid') {
    const tried = new Set(trials.map(({ settings }) => keyOf(settings)));
    const settings = gridOf(space, points).find((candidate) => !tried.has(keyOf(candidate)));
    return settings && { settings, source: 'grid', fold: -1 };
  }
  const drawAll = (): Settings => fromEach(space, (setting) => randomValue(setting, random));
  const isNew = (settings: Settings): boolean =>
    trials.every((trial) => keyOf(trial.settings) !== keyOf(settings));
  if (sampler === 'tpe') {
    const fold = study.foldCount < 2 ? 0 : (number - 1) % study.foldCount;
    const history = historyOf(study, fold, trials);
    const finished = history.filter(({ state }) => state === 'complete').length + imported.length;
    // As many random trials as the estimator wants, and all folds share them: nobody's scores led to them.
    if (finished >= RANDOM_TRIALS) {
      const settings = fromEach(space, (setting) =>
        proposeValue(
          setting,
          [...outcomesOfImported(imported, setting.path), ...outcomesOf(history, setting.path)],
          random,
        ),
      );
      if (isNew(settings)) return { settings, source: 'tpe', fold };
    }
  }
  let settings = drawAll();
  for (let redraw = 0; redraw < MOST_REDRAWS && !isNew(settings); redraw++) settings = drawAll();
  return { settings, source: 'random', fold: -1 };
}

/** As in `proposeValue`. */
const RANDOM_TRIALS = 10;

/** A trial of which a fold may see the score: made by its own search, or by nobody's. */
export function isVisibleTo(fold: number, trial: Pick<Trial, 'source' | 'fold'>): boolean {
  return trial.fold === -1 || trial.fold === fold;
}

type ScoredTrial = {
  readonly settings: Settings;
  readonly state: 'complete' | 'running';
  readonly value: number;
};

function historyOf(study: Study, fold: number, trials: readonly Trial[]): ScoredTrial[] {
  const { training } = partsOfFold(study, fold);
  return trials
    .filter((trial) => trial.state !== 'failed' && isVisibleTo(fold, trial))
    .map((trial) => ({
      settings: trial.settings,
      state: trial.state === 'complete' ? 'complete' : 'running',
      value: trial.state === 'complete' ? pooledOver(study, trial, training) : NaN,
    }));
}

/** The study's metric over some recordings of a complete trial. */
export function pooledOver(study: Pick<Study, 'line'>, trial: Trial, recordings: readonly number[]): number {
  return pooledMetric(
    study.line.metric,
    recordings
      .map((index) => trial.scores[index])
      .filter((score): score is RecordingScore => score !== undefined),
  );
}

function outcomesOf(history: readonly ScoredTrial[], path: string): TrialOutcome[] {
  return history.map(({ settings, state, value }) => ({ setting: settings[path], state, value }));
}

/** Trials of another pipeline say where to look; their values are not comparable, their order is. */
function outcomesOfImported(imported: readonly ImportedLine[], path: string): TrialOutcome[] {
  return imported.map(({ settings, state, value, lastStep }) => ({
    setting: settings[path],
    state,
    ...(state === 'complete' ? { value: value ?? Infinity } : {}),
    ...(lastStep === undefined ? {} : { lastStep, lastValue: value ?? Infinity }),
  }));
}

/** Reason of a failed trial whose worker is gone. */
export const ABANDONED = 'abandoned';
/** What ended so many workers is not tried again. */
const MOST_ATTEMPTS = 3;

/** A trial that no worker has finished, and none is at. */
function abandonedTrial(trials: readonly Trial[]): Trial | undefined {
  return trials.find((trial) => {
    if (trial.state !== 'failed' || trial.reason !== ABANDONED) return false;
    const attempts = trials.filter(({ settings }) => keyOf(settings) === keyOf(trial.settings));
    return attempts.length < MOST_ATTEMPTS && attempts.every(({ state }) => state === 'failed');
  });
}

function fromEach(space: SearchSpace, valueOf: (setting: SearchSpace[number]) => Setting): Settings {
  return Object.fromEntries(space.map((setting) => [setting.path, valueOf(setting)]));
}

function keyOf(settings: Settings): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One seed of two numbers, so that neighbouring trials have nothing in common. */
function mixed(seed: number, number: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 15)) >>> 0;
}
