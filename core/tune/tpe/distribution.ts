import type { Setting } from '../../resolution/settings.ts';
import { roundHalfEven } from '../../timeline/sliding-window.ts';

/** Values that a setting may take. */
export type Distribution =
  | {
      readonly kind: 'float';
      readonly low: number;
      readonly high: number;
      /** Searched in logarithms. */
      readonly log?: boolean | undefined;
      /** Only `low`, `low + step`, … */
      readonly step?: number | undefined;
    }
  | {
      readonly kind: 'int';
      readonly low: number;
      readonly high: number;
      readonly log?: boolean | undefined;
      readonly step?: number | undefined;
    }
  | { readonly kind: 'categorical'; readonly choices: readonly Setting[] };

export type NumericDistribution = Exclude<Distribution, { kind: 'categorical' }>;

/** Distance of neighbouring values; undefined where every number will do. */
export function stepOf(distribution: NumericDistribution): number | undefined {
  return distribution.step ?? (distribution.kind === 'int' ? 1 : undefined);
}

/** Bounds in the scale that is searched: half a step wider on both sides, then the logarithm. */
export function searchedBounds(distribution: NumericDistribution): readonly [number, number] {
  const half = (stepOf(distribution) ?? 0) / 2;
  return [
    toSearched(distribution, distribution.low - half),
    toSearched(distribution, distribution.high + half),
  ];
}

/** A value in the scale that is searched. */
export function toSearched({ log }: NumericDistribution, value: number): number {
  return log === true ? Math.log(value) : value;
}

/** The value of a point of the searched scale: on a step where there are steps, within the bounds. */
export function fromSearched(distribution: NumericDistribution, point: number): number {
  const { low, high, log } = distribution;
  const value = log === true ? Math.exp(point) : point;
  const step = stepOf(distribution);
  const stepped = step === undefined ? value : low + roundHalfEven((value - low) / step) * step;
  return Math.min(Math.max(stepped, low), high);
}

/** True where a value can be one of the distribution. */
export function isWithin(distribution: Distribution, value: Setting): boolean {
  if (distribution.kind === 'categorical') return distribution.choices.includes(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= distribution.low && value <= distribution.high;
}
