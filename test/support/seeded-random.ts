/** Numbers in [0, 1) that are the same in every run. */
export { createRandom as seededRandom } from '../../core/math/random.ts';
