import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianFilterRows } from '../../../core/transcription/median-filter.ts';
import { asrGolden } from '../../support/asr-goldens.ts';

type MedianCase = {
  readonly name: string;
  readonly width: number;
  readonly input: readonly (readonly number[])[];
  readonly expected: readonly (readonly number[])[];
};

const medians = asrGolden('whisper/median-filter.json') as { readonly cases: readonly MedianCase[] };

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
