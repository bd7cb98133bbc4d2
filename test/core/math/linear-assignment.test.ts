import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignLinear } from '../../../core/math/linear-assignment.ts';
import type { Matrix } from '../../../core/math/matrix.ts';
import { goldenNumber, metricCases, type GoldenNumber } from '../../support/golden-cases.ts';

type AssignmentCase = {
  readonly id: string;
  readonly maximize: boolean;
  readonly cost: readonly (readonly GoldenNumber[])[];
  readonly expected:
    | {
        readonly pairs: readonly (readonly [number, number])[];
        readonly total: number;
        readonly unique: boolean;
      }
    | { readonly error: string };
};

function matrixOf(rows: readonly (readonly number[])[]): Matrix<Float64Array> {
  const columns = rows[0]?.length ?? 0;
  return { data: Float64Array.from(rows.flat()), rows: rows.length, columns };
}

function pairsOf(assignment: Int32Array): [number, number][] {
  return [...assignment.entries()].filter(([, column]) => column >= 0);
}

function totalOf(cost: Matrix<Float64Array>, assignment: Int32Array): number {
  return pairsOf(assignment).reduce((sum, [row, column]) => sum + cost.data[row * cost.columns + column]!, 0);
}

describe('assignLinear against scipy', () => {
  it.each(metricCases('metrics/hungarian/1') as readonly AssignmentCase[])(
    '$id',
    ({ cost, maximize, expected }) => {
      const matrix = matrixOf(cost.map((row) => row.map(goldenNumber)));
      if ('error' in expected) {
        expect(() => assignLinear(matrix, { maximize })).toThrow(
          expect.objectContaining({ code: 'invalid_option' }),
        );
        return;
      }
      const assignment = assignLinear(matrix, { maximize });
      expect(totalOf(matrix, assignment)).toBeCloseTo(expected.total, 9);
      // scipy's choice among equal totals is kept too, so this holds for the cases that are not unique.
      expect(pairsOf(assignment)).toEqual(expected.pairs);
    },
  );
});

/** Smallest total over all full assignments, by trying each. */
function bruteForceTotal(rows: readonly (readonly number[])[], columnCount: number): number {
  const short = rows.length <= columnCount;
  const lines = short
    ? rows
    : Array.from({ length: columnCount }, (_, column) => rows.map((row) => row[column]!));
  const visit = (line: number, used: ReadonlySet<number>): number => {
    if (line === lines.length) return 0;
    let best = Infinity;
    for (const [index, value] of lines[line]!.entries()) {
      if (!used.has(index)) best = Math.min(best, value + visit(line + 1, new Set([...used, index])));
    }
    return best;
  };
  return visit(0, new Set());
}

describe('assignLinear', () => {
  it('finds the total that trying every assignment finds', () => {
    const problem = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(problem, (rows) => {
        const cost = matrixOf(rows);
        expect(totalOf(cost, assignLinear(cost))).toBe(bruteForceTotal(rows, cost.columns));
        const largest = -bruteForceTotal(
          rows.map((row) => row.map((value) => -value)),
          cost.columns,
        );
        expect(totalOf(cost, assignLinear(cost, { maximize: true })) + 0).toBe(largest + 0);
      }),
    );
  });

  it('rejects the infinity that would win in a maximisation', () => {
    expect(() => assignLinear(matrixOf([[Infinity]]), { maximize: true })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
    expect([...assignLinear(matrixOf([[-Infinity, 1]]), { maximize: true })]).toEqual([1]);
  });
});
