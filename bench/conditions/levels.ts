/** Mean power of the 25 ms frames within 20 dB of the loudest twentieth: the level of speech, pauses left out. */
export function activePower(samples: ArrayLike<number>): number {
  const powers: number[] = [];
  for (let start = 0; start + 400 <= samples.length; start += 400) {
    let sum = 0;
    for (let index = start; index < start + 400; index++) sum += samples[index]! * samples[index]!;
    powers.push(sum / 400);
  }
  const loud = powers.toSorted((a, b) => a - b)[Math.floor(0.95 * powers.length)] ?? 0;
  const active = powers.filter((power) => power >= loud / 100);
  return active.reduce((sum, power) => sum + power, 0) / Math.max(1, active.length) + 1e-20;
}

export function meanPower(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += samples[index]! * samples[index]!;
  return sum / samples.length;
}

/** Multiplies in place. */
export function scale(samples: Float64Array, factor: number): void {
  for (let index = 0; index < samples.length; index++) samples[index]! *= factor;
}
