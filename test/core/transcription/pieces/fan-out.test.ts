import { describe, expect, it } from 'vitest';
import { fanOut } from '../../../../core/transcription/pieces/fan-out.ts';

const never = new AbortController().signal;

function numbered(count: number, log: { pulled: number; closed: boolean }): AsyncIterable<Float32Array> {
  return (async function* () {
    try {
      for (let index = 0; index < count; index++) {
        log.pulled++;
        yield Float32Array.of(index);
        await Promise.resolve();
      }
    } finally {
      log.closed = true;
    }
  })();
}

async function collect(blocks: AsyncIterable<Float32Array>): Promise<number[]> {
  const values: number[] = [];
  for await (const block of blocks) values.push(...block);
  return values;
}

describe('fanOut', () => {
  it('gives every reader every block, from a source read once', async () => {
    const log = { pulled: 0, closed: false };
    const readers = fanOut(numbered(10, log), 3, 2, never);
    const expected = Array.from({ length: 10 }, (_, index) => index);
    expect(await Promise.all(readers.map(collect))).toEqual([expected, expected, expected]);
    expect(log).toEqual({ pulled: 10, closed: true });
  });

  it('lets the fastest wait for the slowest', async () => {
    const log = { pulled: 0, closed: false };
    const [fast, slow] = fanOut(numbered(100, log), 2, 4, never);
    const racing = collect(fast!);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.pulled).toBeLessThanOrEqual(5);
    expect(await collect(slow!)).toHaveLength(100);
    expect(await racing).toHaveLength(100);
  });

  it('goes on for the others when a reader stops early, and ends the source with the last', async () => {
    const log = { pulled: 0, closed: false };
    const [first, second] = fanOut(numbered(50, log), 2, 10, never);
    for await (const block of first!) if (block[0] === 3) break;
    expect(log.closed).toBe(false);
    for await (const block of second!) if (block[0] === 20) break;
    expect(log).toEqual({ pulled: 21, closed: true });
  });

  it('hands an error of the source to all', async () => {
    const broken = (async function* () {
      yield Float32Array.of(1);
      await Promise.resolve();
      throw new Error('broken');
    })();
    const readers = fanOut(broken, 2, 5, never);
    const results = await Promise.allSettled(readers.map(collect));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  });

  it('frees a reader that waits for one who never came, once the signal is aborted', async () => {
    const log = { pulled: 0, closed: false };
    const stop = new AbortController();
    const [reader] = fanOut(numbered(50, log), 2, 2, stop.signal);
    const reading = collect(reader!);
    setTimeout(() => stop.abort(), 10);
    await expect(reading).rejects.toMatchObject({ code: 'canceled' });
    expect(log.closed).toBe(true);
  });
});
