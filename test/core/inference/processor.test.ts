import { describe, expect, it } from 'vitest';
import { multipliesSignedBytes } from '../../../core/inference/processor.ts';

describe('multipliesSignedBytes', () => {
  it('asks an x64 processor for VNNI, in either width', () => {
    expect(multipliesSignedBytes('x64', 'flags\t: avx2 avx512bw avx512_vnni\n')).toBe(true);
    expect(multipliesSignedBytes('x64', 'flags\t: avx2 avx_vnni fma\n')).toBe(true);
    expect(multipliesSignedBytes('x64', 'flags\t: avx2 avx512bw\n')).toBe(false);
  });

  it('takes the slower way where nothing tells', () => {
    expect(multipliesSignedBytes('x64', '')).toBe(false);
    expect(multipliesSignedBytes('ppc64', 'avx512_vnni')).toBe(false);
  });

  it('knows that ARM always can', () => {
    expect(multipliesSignedBytes('arm64', '')).toBe(true);
  });
});
