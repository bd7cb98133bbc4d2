import { describe, expect, it } from 'vitest';
import { KeptBytes } from '../../../sdk/live/kept-bytes.ts';

describe('bytes that are kept for another connection', () => {
  it('are those after any byte that the server does not have', () => {
    const kept = new KeptBytes();
    kept.push(Uint8Array.of(1, 2, 3));
    kept.push(Uint8Array.of(4, 5));
    kept.push(Uint8Array.of(6));
    expect(kept.from(0)!.flatMap((part) => [...part])).toEqual([1, 2, 3, 4, 5, 6]);
    kept.forget(4);
    expect(kept.size).toBe(3);
    expect(kept.from(4)!.flatMap((part) => [...part])).toEqual([5, 6]);
    expect(kept.from(6)).toEqual([]);
    expect(kept.from(2)).toBeUndefined();
    expect(kept.from(7)).toBeUndefined();
  });
});
