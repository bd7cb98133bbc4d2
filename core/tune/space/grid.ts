import { InvalidInputError } from '../../errors.ts';
import { fromSearched, stepOf, toSearched } from '../tpe/distribution.ts';
import type { SearchSetting, SearchSpace } from './search-setting.ts';
import type { Setting, Settings } from '../../resolution/settings.ts';

/** More combinations than this are no search any more. */
export const MAX_GRID = 100_000;

/**
 * Every combination of values, the last setting changing fastest.
 *
 * @param points how many values of a setting without steps
 * @throws InvalidInputError `invalid_option` where a setting has neither steps nor choices and no points are given,
 *   and for too many combinations
 */
export function gridOf(space: SearchSpace, points: number | undefined): Settings[] {
  const values = space.map((setting) => valuesOf(setting, points));
  const count = values.reduce((product, own) => product * own.length, 1);
  if (count > MAX_GRID) {
    throw new InvalidInputError(
      'invalid_option',
      `The grid has ${count} combinations, at most ${MAX_GRID} are tried; tune fewer settings or give fewer --points.`,
      { details: { option: 'points' } },
    );
  }
  return Array.from({ length: count }, (_, index) => combination(space, values, index));
}

function combination(space: SearchSpace, values: readonly (readonly Setting[])[], index: number): Settings {
  const settings: Record<string, Setting> = {};
  let rest = index;
  for (let k = space.length - 1; k >= 0; k--) {
    const own = values[k]!;
    settings[space[k]!.path] = own[rest % own.length]!;
    rest = Math.floor(rest / own.length);
  }
  return Object.fromEntries(space.map(({ path }) => [path, settings[path]!]));
}

/** The values of one setting: its choices, its steps, or evenly spread points. */
export function valuesOf(setting: SearchSetting, points: number | undefined): readonly Setting[] {
  if (setting.kind === 'categorical') return setting.choices;
  const step = stepOf(setting);
  const steps = step === undefined ? undefined : Math.floor((setting.high - setting.low) / step + 1e-9) + 1;
  const count = Math.min(points ?? steps ?? NaN, steps ?? Infinity);
  if (!(count >= 1)) {
    throw new InvalidInputError(
      'invalid_option',
      `${setting.path} takes any number from ${setting.low} to ${setting.high}; say with --points how many of them a grid tries.`,
      { details: { option: 'points' } },
    );
  }
  const low = toSearched(setting, setting.low);
  const high = toSearched(setting, setting.high);
  const spread = Array.from({ length: count }, (_, k) =>
    fromSearched(setting, count === 1 ? (low + high) / 2 : low + ((high - low) * k) / (count - 1)),
  );
  return [...new Set(spread)];
}
