import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, fingerprintOf, ITEM_ID, itemIdOf } from '../../../../handlers/batch/items/item-id.ts';

const identity = { store: 's3://calls', key: 'a/b.wav', version: 'abc', fingerprint: 'f' };

describe('item ids', () => {
  it('are the same for the same work, and others for any other', () => {
    const id = itemIdOf(identity);
    expect(id).toMatch(ITEM_ID);
    expect(itemIdOf({ ...identity })).toBe(id);
    for (const name of ['store', 'key', 'version', 'fingerprint'] as const) {
      expect(itemIdOf({ ...identity, [name]: 'other' })).not.toBe(id);
    }
    // Nothing can be moved from one part to the next.
    expect(itemIdOf({ ...identity, key: 'a/b.wavabc', version: '' })).not.toBe(id);
  });

  it('are base32 (RFC 4648) of a SHA-256', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify(['s3://calls', 'a/b.wav', 'abc', 'f']))
      .digest();
    const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const expected = Array.from(
      { length: 40 },
      (_, i) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(bits.slice(5 * i, 5 * i + 5), 2)],
    );
    expect(itemIdOf(identity)).toBe(`i-${expected.join('')}`);
  });

  it('do not depend on the order in which options were written', () => {
    expect(canonicalJson({ b: [{ y: 1, x: 2 }], a: undefined, c: null })).toBe(
      '{"b":[{"x":2,"y":1}],"c":null}',
    );
    expect(fingerprintOf({ a: 1, b: 2 })).toBe(fingerprintOf({ b: 2, a: 1 }));
    expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: '1' }));
  });
});
