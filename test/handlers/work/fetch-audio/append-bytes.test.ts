import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendBytes } from '../../../../handlers/work/fetch-audio/append-bytes.ts';
import { createAudioFetcher } from '../../../../handlers/work/fetch-audio/index.ts';

test('a full disk is the trouble of the worker, and can pass', async () => {
  const full = await open('/dev/full', 'w');
  const writing = appendBytes(full, new Uint8Array(10), 0);
  await expect(writing).rejects.toMatchObject({ code: 'overloaded', details: { reason: 'ENOSPC' } });
  await full.close();
});

test('what a write leaves over is written by the next', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
  const file = await open(join(folder, 'a'), 'wx');
  const halves = {
    write: (bytes: Uint8Array, offset: number, length: number, position: number) =>
      file.write(bytes, offset, Math.ceil(length / 2), position),
  } as unknown as FileHandle;
  await appendBytes(halves, Buffer.from('abcdefg'), 0);
  await file.close();
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('abcdefg');
  await rm(folder, { recursive: true });
});

test('a folder that cannot be made is a typed error without its path', async () => {
  const fetcher = createAudioFetcher({ folder: '/dev/null/colloquy' });
  const error = await fetcher
    .fetch({ base64: 'QUJD' }, new AbortController().signal)
    .catch((e: unknown) => e);
  expect(error).toMatchObject({
    code: 'overloaded',
    message: expect.not.stringContaining('/dev/null') as string,
  });
  await fetcher.close();
});
