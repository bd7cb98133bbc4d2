/** Quieter is nothing, louder is full, on the scale of a meter; dB below full scale. */
const QUIETEST_DBFS = -60;
const LOUDEST_DBFS = -6;

/** RMS level of 16-bit samples, dB below full scale; −∞ for digital silence. */
export function levelOf(samples: Int16Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return 10 * Math.log10(power / 32_768 ** 2);
}

/** Where a level stands on a meter, in [0, 1]. */
export function meterShare(dbfs: number): number {
  return Math.min(1, Math.max(0, (dbfs - QUIETEST_DBFS) / (LOUDEST_DBFS - QUIETEST_DBFS)));
}
