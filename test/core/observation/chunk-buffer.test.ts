import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkBuffer } from '../../../core/observation/chunk-buffer.ts';

const CHUNK = 100;
const HOP = 10;

/** All chunks of samples 1, 2, 3 …, pushed in blocks of the given lengths. */
function chunksOf(blockLengths: readonly number[], lookahead = 0): { start: number; samples: number[] }[] {
  const buffer = new ChunkBuffer(CHUNK, HOP);
  const chunks: { start: number; samples: number[] }[] = [];
  const take = (next: (out: Float32Array) => number | undefined): void => {
    for (;;) {
      const out = new Float32Array(CHUNK);
      const start = next(out);
      if (start === undefined) return;
      chunks.push({ start, samples: [...out] });
    }
  };
  let value = 1;
  for (const length of blockLengths) {
    buffer.push(Float32Array.from({ length }, () => value++));
    take((out) => buffer.next(lookahead, out));
  }
  take((out) => buffer.nextOfEnd(out));
  return chunks;
}

describe('ChunkBuffer', () => {
  it.each([
    [0, 0],
    [1, 1],
    [99, 1],
    [100, 1],
    [101, 2],
    [110, 2],
    [111, 3],
    [300, 21],
    [301, 22],
  ])('cuts %i samples into %i chunks, as pyannote does', (samples, chunkCount) => {
    expect(chunksOf([samples])).toHaveLength(chunkCount);
  });

  it('fills the last chunk with zeros behind the end', () => {
    const last = chunksOf([105]).at(-1)!;
    expect(last.start).toBe(10);
    expect(last.samples.slice(93)).toEqual([104, 105, 0, 0, 0, 0, 0]);
  });

  it('holds a chunk back until the look-ahead is heard', () => {
    const buffer = new ChunkBuffer(CHUNK, HOP);
    const out = new Float32Array(CHUNK);
    buffer.push(new Float32Array(104));
    expect(buffer.next(5, out)).toBeUndefined();
    buffer.push(new Float32Array(1));
    expect(buffer.next(5, out)).toBe(0);
  });

  it('gives the same chunks however the recording is cut into blocks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 12 }),
        fc.nat(40),
        (lengths, lookahead) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          expect(chunksOf(lengths, lookahead)).toEqual(chunksOf([total]));
        },
      ),
    );
  });
});
