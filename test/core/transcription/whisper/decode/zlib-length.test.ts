import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zlibLength } from '../../../../../core/transcription/whisper/decode/compression-ratio.ts';

const GOLDEN = join(import.meta.dirname, '../../../../golden/transcription-graphs/zlib/lengths.json');

describe('zlibLength', () => {
  it('is that of the original zlib, byte for byte', () => {
    const { cases } = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
      readonly cases: readonly { readonly text: string; readonly bytes: number }[];
    };
    for (const [index, { text, bytes }] of cases.entries())
      expect(zlibLength(new TextEncoder().encode(text)), `case ${index}`).toBe(bytes);
  });

  it('is near that of any other zlib, and never much more than the bytes themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const length = zlibLength(bytes);
        expect(length).toBeLessThanOrEqual(bytes.length + 11);
        expect(length).toBeLessThanOrEqual(deflateSync(bytes).length + 4);
      }),
    );
  });

  it('counts texts of any length', () => {
    expect(zlibLength(new Uint8Array(100_000))).toBeLessThan(1000);
  });
});
