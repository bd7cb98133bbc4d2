import type { Random } from '../../math/random.ts';
import type { Distribution } from './distribution.ts';
import type { Setting } from '../../resolution/settings.ts';
import { categoricalKernels, numericKernels, type KernelDensity } from './kernels.ts';
import { randomValue } from './random-value.ts';
import { indexOfLargest } from '../../math/extremes.ts';

/** What a trial tells about one setting. */
export type TrialOutcome = {
  /** The value that the trial had; undefined where it did not have the setting. */
  readonly setting: Setting | undefined;
  /** Lower is better. Running trials count as bad ones, so that others look elsewhere meanwhile. */
  readonly state: 'complete' | 'pruned' | 'running';
  /** Of a complete trial. */
  readonly value?: number;
  /** Of a pruned trial: its value at the last step it reached. */
  readonly lastStep?: number;
  readonly lastValue?: number;
};

/** With fewer finished trials values are drawn evenly. */
const RANDOM_TRIALS = 10;
const CANDIDATES = 24;
/** Share of the trials that counts as good, and the most there may be. */
const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;

/**
 * Proposes a value for one setting: a tree-structured Parzen estimator. Of 24 values drawn where good trials lie dense,
 * that which is most likelier among good trials than among the others.
 *
 * @param trials in order of their numbers
 * @see Optuna 4.9 `TPESampler` with its defaults, each setting on its own; J. Bergstra et al., "Algorithms for
 *   hyper-parameter optimization", NIPS 2011
 */
export function proposeValue(
  distribution: Distribution,
  trials: readonly TrialOutcome[],
  random: Random,
): Setting {
  const finished = trials.filter(({ state }) => state !== 'running');
  if (finished.length < RANDOM_TRIALS) return randomValue(distribution, random);
  const good = goodTrials(finished);
  const bad = trials.filter((trial) => !good.has(trial));
  const settingsOf = (part: readonly TrialOutcome[]): Setting[] =>
    part.flatMap(({ setting }) => (setting === undefined ? [] : [setting]));
  const below = settingsOf(trials.filter((trial) => good.has(trial)));
  const above = settingsOf(bad);
  if (distribution.kind === 'categorical') {
    const { choices } = distribution;
    const kernelsOf = (values: readonly Setting[]): KernelDensity<number> =>
      categoricalKernels(
        values.map((value) => choices.indexOf(value)),
        choices.length,
      );
    return choices[mostPromising(kernelsOf(below), kernelsOf(above), random)]!;
  }
  const kernelsOf = (values: readonly Setting[]): KernelDensity<number> =>
    numericKernels(values.map(Number), distribution);
  return mostPromising(kernelsOf(below), kernelsOf(above), random);
}

/** The best tenth: complete trials by value, then pruned ones, those that came furthest first. */
function goodTrials(finished: readonly TrialOutcome[]): ReadonlySet<TrialOutcome> {
  const count = Math.min(Math.ceil(GOOD_SHARE * finished.length), MOST_GOOD);
  const complete = finished.filter(({ state }) => state === 'complete');
  const pruned = finished.filter(({ state }) => state === 'pruned');
  const ordered = [
    ...complete.toSorted((a, b) => a.value! - b.value!),
    ...pruned.toSorted(
      (a, b) => (b.lastStep ?? -1) - (a.lastStep ?? -1) || (a.lastValue ?? 0) - (b.lastValue ?? 0),
    ),
  ];
  return new Set(ordered.slice(0, count));
}

function mostPromising(below: KernelDensity<number>, above: KernelDensity<number>, random: Random): number {
  const kernels = Array.from({ length: CANDIDATES }, () => random());
  const candidates = kernels.map((kernel) => below.draw(kernel, random()));
  const gains = candidates.map((value) => below.logDensity(value) - above.logDensity(value));
  return candidates[indexOfLargest(gains)]!;
}
