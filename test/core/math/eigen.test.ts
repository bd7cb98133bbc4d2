import { describe, expect, it } from 'vitest';
import { choleskyInPlace } from '../../../core/math/cholesky.ts';
import { largestEigenpairs } from '../../../core/math/lanczos.ts';
import { createRandom } from '../../../core/math/random.ts';
import { symmetricEigen } from '../../../core/math/symmetric-eigen.ts';

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const matrix = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      const value = random() < 0.3 ? 0 : random() - 0.5;
      matrix[row * n + column] = value;
      matrix[column * n + row] = value;
    }
  }
  return matrix;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return Float64Array.from({ length: n }, (_, row) =>
    vector.reduce((sum, value, column) => sum + matrix[row * n + column]! * value, 0),
  );
}

const largestOf = (values: Iterable<number>): number => Math.max(...[...values].map(Math.abs), 0);

describe('all eigenvalues of a symmetric matrix', () => {
  for (const n of [0, 1, 2, 3, 7, 60]) {
    it(`A x = λ x for a matrix of ${n}, with perpendicular unit vectors`, () => {
      const matrix = randomSymmetric(n, n + 1);
      const { values, vectors } = symmetricEigen(matrix, n);
      expect([...values]).toEqual([...values].sort((a, b) => a - b));
      for (let k = 0; k < n; k++) {
        const vector = vectors.slice(k * n, (k + 1) * n);
        const difference = multiply(matrix, vector).map((value, row) => value - values[k]! * vector[row]!);
        expect(largestOf(difference)).toBeLessThan(1e-13);
        for (let other = 0; other <= k; other++) {
          const product = vector.reduce((sum, value, row) => sum + value * vectors[other * n + row]!, 0);
          expect(Math.abs(product - (other === k ? 1 : 0))).toBeLessThan(1e-13);
        }
      }
    });
  }

  it('knows the path graph: λ = 2 - 2 cos(π k / n)', () => {
    const n = 40;
    const laplacian = new Float64Array(n * n);
    for (let row = 0; row + 1 < n; row++) {
      laplacian[row * n + row]! += 1;
      laplacian[(row + 1) * n + row + 1]! += 1;
      laplacian[row * n + row + 1] = -1;
      laplacian[(row + 1) * n + row] = -1;
    }
    symmetricEigen(laplacian, n).values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * k) / n), 12);
    });
  });
});

describe('the largest eigenvalues of an operator', () => {
  const operatorOf = (matrix: Float64Array) => (input: Float64Array, out: Float64Array) =>
    out.set(multiply(matrix, input));

  for (const [n, count] of [
    [1, 3],
    [5, 5],
    [90, 9],
    [150, 4],
  ] as const) {
    it(`finds ${count} of ${n}`, () => {
      const matrix = randomSymmetric(n, 7 * n);
      const all = symmetricEigen(matrix, n).values;
      const { values, vectors } = largestEigenpairs(operatorOf(matrix), n, { count, maxBasis: 24 });
      expect(values.length).toBe(Math.min(n, count));
      values.forEach((value, rank) => {
        expect(Math.abs(value - all[n - 1 - rank]!)).toBeLessThan(1e-9);
        const image = multiply(matrix, vectors[rank]!);
        expect(largestOf(image.map((entry, row) => entry - value * vectors[rank]![row]!))).toBeLessThan(1e-7);
      });
    });
  }

  it('counts an eigenvalue that is there several times as often', () => {
    const n = 80;
    const matrix = new Float64Array(n * n);
    for (let row = 0; row < n; row++) matrix[row * n + row] = Math.floor(row / 4);
    const { values } = largestEigenpairs(operatorOf(matrix), n, { count: 6 });
    [19, 19, 19, 19, 18, 18].forEach((value, rank) => expect(values[rank]).toBeCloseTo(value, 9));
  });

  it('stays perpendicular to what it was told', () => {
    const n = 60;
    const matrix = randomSymmetric(n, 3);
    const { values, vectors } = largestEigenpairs(operatorOf(matrix), n, { count: 3 });
    const rest = largestEigenpairs(operatorOf(matrix), n, { count: 1, perpendicularTo: vectors.slice(0, 2) });
    expect(rest.values[0]).toBeCloseTo(values[2]!, 9);
  });

  it('gives the same twice, and can be stopped', () => {
    const matrix = randomSymmetric(70, 1);
    const run = () => largestEigenpairs(operatorOf(matrix), 70, { count: 5 });
    expect(run().vectors).toEqual(run().vectors);
    const stop = (): never => {
      throw new Error('stopped');
    };
    expect(() => largestEigenpairs(operatorOf(matrix), 70, { count: 5, onTick: stop })).toThrow('stopped');
  });
});

describe('Cholesky', () => {
  it('solves, whatever lies before the first entry of a row', () => {
    const n = 50;
    const half = randomSymmetric(n, 9);
    const matrix = new Float64Array(n * n);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const isNear = Math.abs(row - column) < 9;
        matrix[row * n + column] = isNear ? half[row * n + column]! : 0;
      }
      matrix[row * n + row]! += 12;
    }
    const x = Float64Array.from({ length: n }, (_, index) => Math.sin(index));
    const out = new Float64Array(n);
    choleskyInPlace(matrix.slice(), n).solve(multiply(matrix, x), out);
    expect(largestOf(out.map((value, index) => value - x[index]!))).toBeLessThan(1e-13);
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(() => choleskyInPlace(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/positive definite/);
  });
});
