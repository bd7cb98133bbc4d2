import type { Random } from '../../math/random.ts';
import { fromSearched, searchedBounds, type Distribution } from './distribution.ts';
import type { Setting } from '../../resolution/settings.ts';
import { indexOfLargest } from '../../math/extremes.ts';

/**
 * A value drawn evenly: in logarithms where the setting is searched in them, each step and choice alike.
 *
 * @see Optuna 4.9 `RandomSampler`: one number each, for choices one a choice, of which the largest wins
 */
export function randomValue(distribution: Distribution, random: Random): Setting {
  if (distribution.kind === 'categorical') {
    const draws = distribution.choices.map(() => random());
    return distribution.choices[indexOfLargest(draws)]!;
  }
  const [low, high] = searchedBounds(distribution);
  return fromSearched(distribution, low + (high - low) * random());
}
