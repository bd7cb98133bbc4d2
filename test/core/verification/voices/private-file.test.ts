import { linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  eraseFile,
  eraseLeftovers,
  writePrivateFile,
} from '../../../../core/verification/voices/private-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

describe('private files', () => {
  it('are for their owner alone, and nothing else is left in the folder', async () => {
    const folder = temporaryFolder();
    await writePrivateFile(folder, 'a', 'first');
    await writePrivateFile(folder, 'a', 'second');
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('second');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
  });

  it('are overwritten before they go', async () => {
    const folder = temporaryFolder();
    const witness = join(temporaryFolder(), 'witness');
    writeFileSync(join(folder, 'a'), 'secret');
    // A second name of the same bytes.
    linkSync(join(folder, 'a'), witness);
    await eraseFile(folder, 'a');
    expect(readdirSync(folder)).toEqual([]);
    expect(readFileSync(witness)).toEqual(Buffer.alloc(6));
    await expect(eraseFile(folder, 'a')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that were left half-written are erased, others are not', async () => {
    const folder = temporaryFolder();
    for (const name of ['.a.1.part', 'b.part', '.c']) writeFileSync(join(folder, name), name);
    await eraseLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual(['.c', 'b.part']);
  });
});
