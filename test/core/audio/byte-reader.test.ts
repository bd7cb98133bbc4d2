import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from '../../../core/audio/byte-reader.ts';
import { CanceledError } from '../../../core/errors.ts';
import { streamOf } from '../../support/byte-streams.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

test('reads, skips and peeks the same bytes however the stream is cut', async () => {
  const step = fc.record({ kind: fc.constantFrom('peek', 'read', 'skip'), count: fc.nat(40) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(100)), fc.array(step), async (cuts, steps) => {
      const reader = new ByteReader(streamOf(BYTES, cuts));
      let position = 0;
      for (const { kind, count } of steps) {
        const expected = BYTES.subarray(position, position + count);
        if (kind === 'peek') expect([...(await reader.peek(count))]).toEqual([...expected]);
        if (kind === 'read') expect([...(await reader.read(count))]).toEqual([...expected]);
        if (kind === 'skip' && !(await reader.skip(count))) return;
        if (kind !== 'peek') position += expected.length;
      }
      const rest: number[] = [];
      for await (const chunk of reader.rest()) rest.push(...chunk);
      expect(rest).toEqual([...BYTES.subarray(position)]);
    }),
  );
});

test('hands out whole units, and the broken one only at the end', async () => {
  const reader = new ByteReader(streamOf(BYTES.subarray(0, 20), [2, 5, 13]));
  const units: number[][] = [];
  for (let bytes = await reader.readUnits(6, 12); bytes.length > 0; bytes = await reader.readUnits(6, 12)) {
    units.push([...bytes]);
  }
  expect(units.flat()).toEqual([...BYTES.subarray(0, 20)]);
  expect(units.slice(0, -1).every((unit) => unit.length % 6 === 0 && unit.length <= 12)).toBe(true);
  expect(units.at(-1)).toEqual([18, 19]);
});

test('copies what it holds before a source overwrites its buffer', async () => {
  const shared = new Uint8Array(2);
  async function* reusing(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 4; i++) yield await Promise.resolve(shared.fill(i));
  }
  expect([...(await new ByteReader(reusing()).read(7))]).toEqual([0, 0, 1, 1, 2, 2, 3]);
});

test('an abort ends a read that waits for a source which never answers, and close does not wait either', async () => {
  const stuck: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const controller = new AbortController();
  const reader = new ByteReader(stuck, controller.signal);
  const reading = reader.read(1);
  controller.abort();
  await expect(reading).rejects.toBeInstanceOf(CanceledError);
  await reader.close();
});

test('close ends the source, once', async () => {
  let ended = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(BYTES);
    } finally {
      ended++;
    }
  }
  const reader = new ByteReader(source());
  await reader.read(1);
  await reader.close();
  await reader.close();
  expect(ended).toBe(1);
});

test('a source that fails or yields no bytes becomes a typed error', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(BYTES);
    throw new Error('ECONNRESET');
  }
  await expect(new ByteReader(broken()).read(200)).rejects.toMatchObject({ code: 'audio_unreachable' });
  const text = (async function* () {
    yield await Promise.resolve('text' as unknown as Uint8Array);
  })();
  await expect(new ByteReader(text).read(1)).rejects.toMatchObject({ code: 'invalid_option' });
});
