/** How a missing time is filled in from its neighbours; `ignore` leaves it missing. */
export const INTERPOLATIONS = ['nearest', 'linear', 'ignore'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

/**
 * Fills in missing values by their place in the list: between two known ones by the nearer (the earlier of equals) or
 * along the line; before the first and after the last known one, by that one. Nothing known: all stay missing.
 *
 * @see WhisperX `utils.interpolate_nans`; pandas `Series.interpolate`, scipy `interp1d`
 */
export function interpolate(
  values: readonly (number | undefined)[],
  method: Interpolation,
): (number | undefined)[] {
  if (method === 'ignore') return [...values];
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  return values.map((value, index) => {
    if (value !== undefined) return value;
    const before = known.findLast((other) => other.index < index);
    const after = known.find((other) => other.index > index);
    if (before === undefined || after === undefined) return (before ?? after)?.value;
    const share = (index - before.index) / (after.index - before.index);
    if (method === 'linear') return before.value + share * (after.value - before.value);
    return share <= 0.5 ? before.value : after.value;
  });
}
