import { createRandom } from '../../math/random.ts';
import { pooledMetric, type TuneMetric } from './metric.ts';
import type { ValidatedScores } from './choose.ts';

/** Samples of recordings that an interval is made of. */
const DRAWS = 2_000;
/** Share of the samples that lies below and above the interval. */
const TAIL = 0.05;

/**
 * Where the gain would lie if other recordings of the same kind had come: from 5 % to 95 % of samples of the recordings
 * with replacement, both settings on the same ones.
 *
 * @returns least and most; equal for a single recording
 */
export function gainInterval(
  metric: TuneMetric,
  { before, after }: ValidatedScores,
  seed: number,
): readonly [number, number] {
  const random = createRandom(seed);
  const count = before.length;
  const gains = Float64Array.from({ length: DRAWS }, () => {
    const drawn = Array.from({ length: count }, () => Math.floor(random() * count));
    const pooled = (scores: ValidatedScores['before']): number =>
      pooledMetric(
        metric,
        drawn.map((index) => scores[index]!),
      );
    return pooled(before) - pooled(after);
  }).sort();
  return [gains[Math.floor(TAIL * DRAWS)]!, gains[Math.ceil((1 - TAIL) * DRAWS) - 1]!];
}
