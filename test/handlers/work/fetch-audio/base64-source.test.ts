import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { writeBase64 } from '../../../../handlers/work/fetch-audio/base64-source.ts';

const folder = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function decoded(text: string, maxBytes = 10_000_000): Promise<Buffer> {
  const path = join(folder, String(files++));
  const count = await writeBase64(path, text, maxBytes, new AbortController().signal);
  const content = await readFile(path);
  expect(count).toBe(content.length);
  await rm(path);
  return content;
}

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 37) % 256));
const text = bytes.toString('base64');

describe('base64', () => {
  test.each([
    ['as it is', text],
    ['without padding', text.replace(/=+$/, '')],
    ['URL-safe', bytes.toString('base64url')],
    ['in lines', text.replace(/(.{76})/g, '$1\r\n')],
    ['with space around it', ` \n${text}\t\n`],
    ['as data URI', `data:audio/wav;base64,${text}`],
    ['as data URI with parameters, in capitals', `DATA:audio/ogg;codecs=opus;BASE64,${text}`],
    ['as data URI without a type', `data:;base64,${text}`],
  ])('%s gives the bytes', async (_, form) => {
    expect(await decoded(form)).toEqual(bytes);
  });

  test('gives any bytes back, however long and wherever space stands', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.boolean(),
        fc.nat(),
        async (array, urlSafe, at) => {
          const plain = Buffer.from(array).toString(urlSafe ? 'base64url' : 'base64');
          const cut = at % plain.length;
          expect(await decoded(`${plain.slice(0, cut)} \n${plain.slice(cut)}`)).toEqual(Buffer.from(array));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of several megabytes crosses the pieces without a seam', async () => {
    const large = Buffer.alloc(3_000_001, bytes);
    expect((await decoded(large.toString('base64').replace(/(.{77})/g, '$1\n'))).equals(large)).toBe(true);
  });
});

describe('what is not base64', () => {
  test.each([
    ['empty', ''],
    ['only space', ' \n\t'],
    ['a foreign character', `${text.slice(0, 8)}!${text.slice(8)}`],
    ['a letter of another script', 'ÄÖÜß'],
    ['one character too many', 'QUJDR'],
    ['padding in the middle', 'QUI=QUI='],
    ['only padding', '===='],
    ['too much padding', 'QQ====='],
    ['a data URI without base64', 'data:audio/wav,hello'],
    ['a data URI without comma', 'data:audio/wav;base64'],
    ['a URL', 'https://example.com/a.wav'],
    ['a path', '/home/user/SECRET.wav'],
  ])('%s is a typed error without the text', async (_, form) => {
    const error = await decoded(form).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ code: 'invalid_option', details: { field: 'audio.base64' } });
    expect((error as Error).message).not.toMatch(/SECRET|example|hello/);
  });

  test('more than the limit is refused', async () => {
    await expect(decoded(text, 999)).rejects.toMatchObject({
      code: 'audio_too_large',
      details: { maxBytes: 999 },
    });
    await expect(decoded(text, 1000)).resolves.toEqual(bytes);
  });
});
