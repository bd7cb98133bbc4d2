import { describe, expect, it } from 'vitest';
import { moveSmallestToFront } from '../../../core/math/move-smallest.ts';
import { createRandom } from '../../../core/math/random.ts';

describe('the smallest of many numbers', () => {
  const random = createRandom(5);
  const cases: [string, number[]][] = [
    ['one', [3]],
    ['equal ones', [2, 2, 2, 2, 2]],
    ['in order', [...Array(50).keys()]],
    ['backwards', [...Array(50).keys()].reverse()],
    ['mixed', Array.from({ length: 300 }, () => Math.floor(100 * random()) - 50)],
  ];
  for (const [name, values] of cases) {
    it(`stand first, ${name}, whatever their number`, () => {
      const sorted = values.toSorted((a, b) => a - b);
      for (let count = 0; count <= values.length; count++) {
        const moved = Float64Array.from(values);
        moveSmallestToFront(moved, count);
        expect([...moved.slice(0, count)].sort((a, b) => a - b)).toEqual(sorted.slice(0, count));
        expect([...moved].sort((a, b) => a - b)).toEqual(sorted);
      }
    });
  }
});
