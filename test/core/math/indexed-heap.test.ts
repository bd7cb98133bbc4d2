import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexedHeap } from '../../../core/math/indexed-heap.ts';

describe('IndexedHeap', () => {
  it('always has the smallest value on top, while values change and leave', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 });
    const changes = fc.array(fc.tuple(fc.nat(), fc.double({ noNaN: true })));
    fc.assert(
      fc.property(values, changes, (initial, updates) => {
        const heap = new IndexedHeap(Float64Array.from(initial));
        const expected = new Map(initial.entries());
        for (const [pick, value] of updates) {
          const key = pick % initial.length;
          heap.changeValue(key, value);
          expected.set(key, value);
        }
        while (expected.size > 0) {
          const smallest = [...expected.values()].reduce((least, value) => Math.min(least, value));
          expect(heap.minValue).toBe(smallest);
          expect(expected.get(heap.minKey)).toBe(smallest);
          expected.delete(heap.minKey);
          heap.removeMin();
        }
      }),
    );
  });
});
