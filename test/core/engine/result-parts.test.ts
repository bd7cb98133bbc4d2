import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinResult, splitResult } from '../../../core/engine/result-parts.ts';

describe('splitResult and joinResult', () => {
  it('give back the same result, with no list longer than a slice on the way', () => {
    const list = fc.integer({ min: 0, max: 3_500 }).map((length) => Array.from({ length }, (_, i) => i));
    const field = fc.oneof(list, fc.string(), fc.constant(null));
    fc.assert(
      fc.property(fc.record({ turns: field, words: field, note: field }), (result) => {
        const { rest, parts } = splitResult(result);
        for (const content of Object.values(rest as object)) {
          if (Array.isArray(content)) expect(content.length).toBeLessThanOrEqual(1_000);
        }
        for (const part of parts) expect(part.items.length).toBeLessThanOrEqual(1_000);
        expect(joinResult(structuredClone(rest), structuredClone(parts))).toEqual(result);
      }),
      { numRuns: 20 },
    );
  });

  it.each([undefined, null, 7, 'text', new Float32Array(5_000)])('leave %o as it is', (value) => {
    expect(joinResult(splitResult(value).rest, [])).toBe(value);
  });
});
