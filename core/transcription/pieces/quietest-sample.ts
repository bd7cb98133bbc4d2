/** A stop consonant is silent for about as long; shorter dips are within a sound. */
const WINDOW_SAMPLES = 640;
const STEP_SAMPLES = 160;

/**
 * The middle of the 40 ms with the least energy, looked for every 10 ms; the latest of equals. The middle of all
 * where there is less.
 */
export function quietestSample(samples: Float32Array): number {
  let quietest = Math.floor(samples.length / 2);
  let least = Infinity;
  for (let start = 0; start + WINDOW_SAMPLES <= samples.length; start += STEP_SAMPLES) {
    let energy = 0;
    for (let index = start; index < start + WINDOW_SAMPLES; index++) energy += samples[index]! ** 2;
    if (energy > least) continue;
    least = energy;
    quietest = start + WINDOW_SAMPLES / 2;
  }
  return quietest;
}
