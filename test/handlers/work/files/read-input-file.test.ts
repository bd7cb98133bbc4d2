import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../../core/errors.ts';
import {
  parseInputFile,
  readInputFile,
  readInputText,
  withFileErrors,
} from '../../../../handlers/work/files/read-input-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const TEXT = 'text = "žluťoučký 🐴"\n';
const littleEndian = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');

function written(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'a.TextGrid');
  writeFileSync(path, content);
  return path;
}

it.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16, little end first', littleEndian],
  ['UTF-16, big end first, as Praat writes it', Buffer.from(littleEndian).swap16()],
])('reads %s', async (_name, bytes) => {
  expect(await readInputText(written(bytes))).toBe(TEXT);
});

it.each([
  ['little end first', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n', 'utf16le')],
  ['big end first', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n', 'utf16le').swap16()],
])('reads UTF-16 without its mark, %s', async (_name, bytes) => {
  expect(await readInputText(written(bytes))).toBe('1\n00:00:01,000 --> 00:00:02,000\nGrüße\n');
});

it('refuses text in another encoding, with its line', async () => {
  const path = written(Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nGrüße aus Köln\n', 'latin1'));
  await expect(readInputText(path)).rejects.toMatchObject({
    code: 'invalid_file',
    message: expect.stringMatching(/^Line 3 is not UTF-8.*iconv/) as string,
  });
});

it('reads nothing from an empty file', async () => {
  expect(await readInputText(written(''))).toBe('');
});

describe('every way of reading what the user names', () => {
  const ways: [string, (path: string) => Promise<unknown>][] = [
    ['bytes', (path) => readInputFile(path)],
    ['text', (path) => readInputText(path)],
    ['something in it', (path) => parseInputFile(path, (text) => text)],
    ['a folder', (path) => withFileErrors(path, () => readdir(path))],
  ];

  it.each(ways)('says of %s that is not there what it is called and what to do', async (_what, read) => {
    for (const path of [join(temporaryFolder(), 'no.rttm'), join(written('x'), 'below-a-file')]) {
      await expect(read(path)).rejects.toMatchObject({
        name: 'InputUnavailableError',
        code: 'file_not_found',
        message: `${path} does not exist; check its path.`,
      });
    }
  });

  it.each(ways.slice(0, 3))('says of a folder that it is none of %s', async (_what, read) => {
    const path = join(temporaryFolder(), 'folder.rttm');
    mkdirSync(path);
    await expect(read(path)).rejects.toMatchObject({
      code: 'file_not_readable',
      message: `${path} is a folder; expected a file.`,
      details: { reason: 'EISDIR' },
    });
  });
});

it('refuses a file that is larger than it may be', async () => {
  await expect(readInputFile(written('12345'), 4)).rejects.toMatchObject({
    code: 'invalid_file',
    details: { bytes: 5, maxBytes: 4 },
  });
});

it('names the file in the error of its reader, and keeps its code and details', async () => {
  const path = written('x');
  const failure = new InvalidInputError('invalid_file', 'Line 1 is none.', { details: { line: 1 } });
  const parsing = parseInputFile(path, () => {
    throw failure;
  });
  await expect(parsing).rejects.toMatchObject({
    name: 'InvalidInputError',
    message: `${path}: Line 1 is none.`,
    details: { line: 1 },
    cause: failure,
  });
});
