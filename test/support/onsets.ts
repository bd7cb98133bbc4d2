/** Where sound begins, in seconds: samples above a level that so much quiet precedes. */
export function onsets(
  samples: Float32Array,
  { sampleRate = 16_000, level = 0.1, quietSeconds = 0.2 } = {},
): number[] {
  const found: number[] = [];
  let lastLoud = -Infinity;
  samples.forEach((sample, i) => {
    if (Math.abs(sample) < level) return;
    if (i - lastLoud > quietSeconds * sampleRate) found.push(i / sampleRate);
    lastLoud = i;
  });
  return found;
}
