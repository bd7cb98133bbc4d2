import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centredByNearestMean, uncentred, type CentringMeans } from '../../../core/embedding/centring.ts';
import { dot, euclideanNorm } from '../../../core/math/vector.ts';

const DIMENSION = 6;

/** Means well inside the unit sphere, as means of many unit vectors are. */
function meansOf(values: readonly number[]): CentringMeans {
  return { data: Float64Array.from(values), rows: values.length / DIMENSION, columns: DIMENSION };
}

const component = fc.double({ min: -1, max: 1, noNaN: true });
const vector = fc
  .array(component, { minLength: DIMENSION, maxLength: DIMENSION })
  .filter((values) => euclideanNorm(values) > 0.1);
const means = fc
  .array(fc.array(component, { minLength: DIMENSION, maxLength: DIMENSION }), { minLength: 1, maxLength: 4 })
  .map((rows) => meansOf(rows.flat().map((value) => value * 0.2)));

describe('uncentred', () => {
  it('gives a unit vector that is centred to the same direction', () => {
    fc.assert(
      fc.property(vector, means, (raw, some) => {
        const { unit: centred } = centredByNearestMean(raw, some);
        const found = uncentred(centred, some);
        expect(euclideanNorm(found)).toBeCloseTo(1, 12);
        expect(dot(centredByNearestMean(found, some).unit, centred)).toBeCloseTo(1, 10);
      }),
    );
  });

  it('is the vector itself where there is one mean', () => {
    fc.assert(
      fc.property(vector, (raw) => {
        const one = meansOf([0.1, -0.2, 0.05, 0, 0.15, -0.1]);
        const norm = euclideanNorm(raw);
        const found = uncentred(centredByNearestMean(raw, one).unit, one);
        found.forEach((value, index) => expect(value).toBeCloseTo(raw[index]! / norm, 12));
      }),
    );
  });

  it('takes centred vectors of any length', () => {
    const one = meansOf([0.1, -0.2, 0.05, 0, 0.15, -0.1]);
    const centred = Float64Array.from([1, 2, 3, -1, 0, 1]);
    const doubled = centred.map((value) => 2 * value);
    uncentred(doubled, one).forEach((value, index) =>
      expect(value).toBeCloseTo(uncentred(centred, one)[index]!, 12),
    );
  });
});
