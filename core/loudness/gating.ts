/**
 * Loudness of a programme from the powers of its windows.
 *
 * @see ITU-R BS.1770-4, Annex 1 (gating); EBU Tech 3342 (loudness range)
 */

const ABSOLUTE_GATE_LUFS = -70;
const INTEGRATED_RELATIVE_GATE_LU = -10;
const RANGE_RELATIVE_GATE_LU = -20;
const RANGE_PERCENTILES = [0.1, 0.95] as const;

/** Loudness of a K-weighted mean square summed over channels; minus infinity for silence. */
export function lufsOfPower(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

/** Integrated loudness of 400 ms windows that overlap by 75 %; minus infinity when all of them are below the gate. */
export function integratedLoudness(windowPowers: readonly number[]): number {
  const audible = windowPowers.filter((power) => lufsOfPower(power) > ABSOLUTE_GATE_LUFS);
  const gate = lufsOfPower(mean(audible)) + INTEGRATED_RELATIVE_GATE_LU;
  return lufsOfPower(mean(audible.filter((power) => lufsOfPower(power) > gate)));
}

/** Loudness range of 3 s windows in LU: from the 10th to the 95th percentile of those above the gates, 0 for none. */
export function loudnessRange(windowPowers: readonly number[]): number {
  const audible = windowPowers.filter((power) => lufsOfPower(power) >= ABSOLUTE_GATE_LUFS);
  const gate = lufsOfPower(mean(audible)) + RANGE_RELATIVE_GATE_LU;
  const levels = audible
    .map(lufsOfPower)
    .filter((level) => level >= gate)
    .sort((a, b) => a - b);
  if (levels.length === 0) return 0;
  const [low, high] = RANGE_PERCENTILES.map(
    (fraction) => levels[Math.round((levels.length - 1) * fraction)]!,
  );
  return high! - low!;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
