import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFrames, warpTime } from '../../../core/transcription/word-timing.ts';
import { asrGolden } from '../../support/asr-goldens.ts';

type WarpingCase = {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly cost: readonly (readonly number[])[];
  readonly textIndices: readonly number[];
  readonly timeIndices: readonly number[];
  readonly jumpTimes: readonly number[];
};

const warpings = asrGolden('whisper/dtw.json') as { readonly cases: readonly WarpingCase[] };

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
