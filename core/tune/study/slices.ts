import type { SearchSetting } from '../space/search-setting.ts';
import { fromSearched, searchedBounds, toSearched, type NumericDistribution } from '../tpe/distribution.ts';
import type { Setting, Settings } from '../../resolution/settings.ts';

/** The metric along one setting, the others as they are proposed. */
export type Slice = {
  readonly path: string;
  readonly points: readonly { readonly value: Setting; readonly metric: number }[];
  /** First and last value, around the proposed one, between which no point is worse than the tolerance. */
  readonly plateau: readonly [Setting, Setting];
  /** The worst that moving this setting by a twentieth of its range can do. */
  readonly cliff: number;
};

/** Points over the range of a setting. */
const POINTS = 15;
/** How far a setting is moved to look for a cliff, as a share of its range. */
const STEP_SHARE = 0.05;

/**
 * Looks along one setting.
 *
 * @param measure   the metric of some settings
 * @param tolerance how much worse than the proposal a plateau may be
 */
export function sliceAlong(
  setting: SearchSetting,
  proposal: Settings,
  measure: (settings: Settings) => number,
  tolerance: number,
): Slice {
  const { path } = setting;
  const own: Setting = proposal[path]!;
  const level = measure(proposal);
  const points = valuesAround(setting, own).map((value): { value: Setting; metric: number } => ({
    value,
    metric: value === own ? level : measure({ ...proposal, [path]: value }),
  }));
  const middle = points.findIndex(({ value }) => value === own);
  let first = middle;
  while (first > 0 && points[first - 1]!.metric <= level + tolerance) first--;
  let last = middle;
  while (last + 1 < points.length && points[last + 1]!.metric <= level + tolerance) last++;
  const cliff = neighboursOf(setting, own).reduce<number>(
    (worst, value) => Math.max(worst, measure({ ...proposal, [path]: value }) - level),
    0,
  );
  return { path, points, plateau: [points[first]!.value, points[last]!.value], cliff };
}

/** The proposed value and evenly spread others, ascending. */
function valuesAround(setting: SearchSetting, own: Setting): Setting[] {
  if (setting.kind === 'categorical') return [...setting.choices];
  const low = toSearched(setting, setting.low);
  const high = toSearched(setting, setting.high);
  const spread = Array.from({ length: POINTS }, (_, k) =>
    fromSearched(setting, low + ((high - low) * k) / (POINTS - 1)),
  );
  return [...new Set([...spread, Number(own)])].sort((a, b) => a - b);
}

/** A twentieth of the range to both sides, at least one step, within the bounds. */
function neighboursOf(setting: SearchSetting, own: Setting): Setting[] {
  if (setting.kind === 'categorical') return [];
  const [low, high] = searchedBounds(setting);
  const middle = toSearched(setting, Number(own));
  const width = STEP_SHARE * (high - low);
  return [middle - width, middle + width]
    .map((point): Setting => movedBy(setting, Number(own), point))
    .filter((value) => value !== own);
}

function movedBy(setting: NumericDistribution, own: number, point: number): number {
  const value = fromSearched(setting, point);
  if (value !== own || setting.kind !== 'int') return value;
  const step = setting.step ?? 1;
  const next = point > toSearched(setting, own) ? own + step : own - step;
  return Math.min(Math.max(next, setting.low), setting.high);
}
