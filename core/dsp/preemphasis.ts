/**
 * Pre-emphasis over a whole signal, block by block: `y[n] = x[n] - coefficient * x[n - 1]`, the first sample as it is.
 *
 * (Kaldi's front end pre-emphasises each window for itself; that lives in `kaldi-fbank.ts`.)
 *
 * @param previous last sample of the block before, 0 for the first block
 * @param out      as long as `samples`, may be `samples` itself; overwritten
 * @returns the last sample, `previous` of the next block
 */
export function preemphasize(
  samples: Float32Array,
  coefficient: number,
  previous: number,
  out: Float32Array,
): number {
  let last = previous;
  for (let index = 0; index < samples.length; index++) {
    const current = samples[index]!;
    out[index] = current - coefficient * last;
    last = current;
  }
  return last;
}
