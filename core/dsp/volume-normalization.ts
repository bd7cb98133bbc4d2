/** Level to which Resemblyzer raises quiet recordings before it computes GE2E features. */
export const GE2E_TARGET_DBFS = -30;

/** Mean of the squared samples, 0 for none. */
export function meanSquareOf(samples: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += samples[index]! * samples[index]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/**
 * The factor that raises a signal of this mean square to `targetDbfs`; louder signals are left alone (factor 1).
 *
 * Silence keeps factor 1, where the original divides by zero and turns the recording into NaN.
 *
 * @see Resemblyzer `audio.normalize_volume` with `increase_only=True`
 */
export function raisingGain(meanSquare: number, targetDbfs: number = GE2E_TARGET_DBFS): number {
  if (!(meanSquare > 0)) return 1;
  return Math.max(1, 10 ** (targetDbfs / 20) / Math.sqrt(meanSquare));
}

/** Raises quiet samples to `targetDbfs`, never lowers them, in place. */
export function raiseVolume(samples: Float32Array, targetDbfs: number = GE2E_TARGET_DBFS): void {
  const gain = raisingGain(meanSquareOf(samples), targetDbfs);
  if (gain === 1) return;
  for (let index = 0; index < samples.length; index++) samples[index] = samples[index]! * gain;
}
