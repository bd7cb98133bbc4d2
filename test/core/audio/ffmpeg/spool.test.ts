import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spool } from '../../../../core/audio/ffmpeg/spool.ts';
import { streamOf } from '../../../support/byte-streams.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const BYTES = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);

test('keeps the bytes in a file without a name', async () => {
  const folder = temporaryFolder();
  const { handle, sizeBytes } = await spool(streamOf(BYTES, [1, 2000]), {
    name: 'x',
    maxBytes: 3000,
    temporaryFolder: folder,
  });
  expect(readdirSync(folder)).toEqual([]);
  expect(sizeBytes).toBe(3000);
  const copy = new Uint8Array(3000);
  await handle.read(copy, 0, 3000, 0);
  await handle.close();
  expect(copy).toEqual(BYTES);
});

test('stops at the limit and leaves nothing', async () => {
  const folder = temporaryFolder();
  const spooling = spool(streamOf(BYTES), { name: 'x', maxBytes: 2999, temporaryFolder: folder });
  await expect(spooling).rejects.toMatchObject({ code: 'audio_too_large' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is not there is an error of the output, without its path', async () => {
  const missing = join(temporaryFolder(), 'missing');
  const error = await spool(streamOf(BYTES), { name: 'x', maxBytes: 1e6, temporaryFolder: missing }).catch(
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ code: 'output_not_writable' });
  expect((error as Error).message).not.toContain(missing);
});

test('an error of the source comes through', async () => {
  const broken = (async function* () {
    yield await Promise.resolve(BYTES);
    throw new RangeError('source');
  })();
  await expect(
    spool(broken, { name: 'x', maxBytes: 1e6, temporaryFolder: temporaryFolder() }),
  ).rejects.toThrow('source');
});
