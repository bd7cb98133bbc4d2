import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTextFile } from '../../../../handlers/cli/input/read-text-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'colloquy-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TEXT = 'text = "žluťoučký 🐴"\n';
const littleEndian = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16, little end first', littleEndian],
  ['UTF-16, big end first, as Praat writes it', Buffer.from(littleEndian).swap16()],
])('reads %s', async (_name, bytes) => {
  const path = join(folder, 'a.TextGrid');
  await writeFile(path, bytes);
  expect(await readTextFile(path)).toBe(TEXT);
});

it.each([
  ['little end first', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n', 'utf16le')],
  ['big end first', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n', 'utf16le').swap16()],
])('reads UTF-16 without its mark, %s', async (_name, bytes) => {
  const path = join(folder, 'a.srt');
  await writeFile(path, bytes);
  expect(await readTextFile(path)).toBe('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n');
});

it('refuses text in another encoding, with its line', async () => {
  const path = join(folder, 'latin1.srt');
  await writeFile(path, Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße aus Köln\n', 'latin1'));
  await expect(readTextFile(path)).rejects.toMatchObject({
    code: 'invalid_file',
    message: expect.stringMatching(/^Line 3 is not UTF-8.*iconv/) as string,
  });
});

it('reads nothing from an empty file', async () => {
  await writeFile(join(folder, 'empty'), '');
  expect(await readTextFile(join(folder, 'empty'))).toBe('');
});
