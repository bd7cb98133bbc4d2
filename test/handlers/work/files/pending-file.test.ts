import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discardPendingFiles, PendingFile } from '../../../../handlers/work/files/pending-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('PendingFile', () => {
  it('has its name only when it is complete, and replaces an older file at once', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'result.json');
    writeFileSync(path, 'old');
    const file = await PendingFile.start(path);
    await file.write('new');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new');
    await file.discard();
    expect(readdirSync(folder)).toEqual(['result.json']);
  });

  it('vanishes when it is discarded, by itself or with all others at a forced end', async () => {
    const folder = temporaryFolder();
    const first = await PendingFile.start(join(folder, 'a'));
    await PendingFile.start(join(folder, 'b'));
    await first.write(new Uint8Array(10));
    await first.discard();
    expect(readdirSync(folder)).toHaveLength(1);
    discardPendingFiles();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['below a file', 'file/x', 'not a folder'],
    ['in a missing folder', 'missing/x', 'does not exist'],
    ['that is a folder', 'folder', 'is a folder'],
    ['with a name that is too long', 'x'.repeat(300), 'too long'],
  ])('refuses a path %s and says why', async (_title, name, reason) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    const starting = PendingFile.start(join(folder, name));
    await expect(starting).rejects.toMatchObject({ name: 'OutputError', code: 'output_not_writable' });
    await expect(starting).rejects.toThrow(reason);
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder']);
  });

  it('reports a full disk when it is written', async () => {
    const file = await PendingFile.start('/dev/full');
    await expect(file.write('x')).rejects.toThrow('the disk is full');
    await file.discard();
    expect(existsSync('/dev/full')).toBe(true);
  });
});
