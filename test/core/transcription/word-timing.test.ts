import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFrames, medianFilterRows, warpTime } from '../../../core/transcription/word-timing.ts';
import { asrGolden } from '../../support/asr-goldens.ts';

type WarpingCase = {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly cost: readonly (readonly number[])[];
  readonly textIndices: readonly number[];
  readonly timeIndices: readonly number[];
  readonly jumpTimes: readonly number[];
};

type MedianCase = {
  readonly name: string;
  readonly width: number;
  readonly input: readonly (readonly number[])[];
  readonly expected: readonly (readonly number[])[];
};

const warpings = asrGolden('whisper/dtw.json') as { readonly cases: readonly WarpingCase[] };
const medians = asrGolden('whisper/median-filter.json') as { readonly cases: readonly MedianCase[] };

describe('warpTime', () => {
  it.each(warpings.cases)('walks as openai-whisper does: $name', (golden) => {
    const [rows, columns] = golden.shape;
    const path = warpTime({ data: Float64Array.from(golden.cost.flat()), rows, columns });
    expect([...path.rows]).toEqual(golden.textIndices);
    expect([...path.columns]).toEqual(golden.timeIndices);
    expect([...firstFrames(path)].map((frame) => frame / 50)).toEqual(golden.jumpTimes);
  });

  it('walks nowhere without tokens or frames', () => {
    expect(warpTime({ data: new Float64Array(), rows: 0, columns: 3 }).rows).toHaveLength(0);
    expect(warpTime({ data: new Float64Array(), rows: 3, columns: 0 }).rows).toHaveLength(0);
  });

  it('goes from the first cell to the last in single steps and never back', () => {
    const matrices = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) =>
        fc
          .array(fc.integer({ min: -9, max: 9 }), { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => ({ data: Float64Array.from(values), rows, columns })),
      );
    fc.assert(
      fc.property(matrices, (cost) => {
        const { rows, columns } = warpTime(cost);
        expect([rows[0], columns[0]]).toEqual([0, 0]);
        expect([rows.at(-1), columns.at(-1)]).toEqual([cost.rows - 1, cost.columns - 1]);
        for (let step = 1; step < rows.length; step++) {
          const down = rows[step]! - rows[step - 1]!;
          const right = columns[step]! - columns[step - 1]!;
          expect([down, right]).toSatisfy(() => down + right > 0 && Math.max(down, right) === 1);
        }
        expect(firstFrames({ rows, columns })).toHaveLength(cost.rows);
      }),
    );
  });
});

describe('medianFilterRows', () => {
  it.each(medians.cases)('filters as openai-whisper does: $name', ({ width, input, expected }) => {
    const columns = input[0]!.length;
    const out = new Float32Array(input.length * columns);
    medianFilterRows(Float32Array.from(input.flat()), columns, width, out);
    const wanted = Float32Array.from(expected.flat());
    const wrong = out.findIndex((value, index) => value !== wanted[index]);
    expect(wrong, `element ${wrong}: ${out[wrong]} instead of ${wanted[wrong]}`).toBe(-1);
  });

  it('equals sorting each window', () => {
    const rows = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(rows, (values) => {
        const out = new Float32Array(values.length);
        medianFilterRows(Float32Array.from(values), values.length, 7, out);
        const at = (index: number) =>
          values[index < 0 ? -index : index >= values.length ? 2 * values.length - 2 - index : index]!;
        const expected = values.map((_, index) => {
          const window = [-3, -2, -1, 0, 1, 2, 3].map((distance) => at(index + distance));
          return window.sort((a, b) => a - b)[3]!;
        });
        expect([...out]).toEqual(expected.map((value) => value + 0));
      }),
    );
  });
});
