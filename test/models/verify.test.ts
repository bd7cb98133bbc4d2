import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hashFile, verifyModelFile } from '../../models/verify.ts';
import { fileIdentity, hasVerifiedStamp, writeVerifiedStamp } from '../../models/verified-stamps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { contentOf, sha256Of } from './support/small-model.ts';

const content = contentOf(3_000_000);
const sha256 = sha256Of(content);
const file = { name: 'model.onnx', role: 'model' as const, sha256, bytes: content.length };
const options = { modelId: 'small', remedy: 'Do this.' };

/** A file that was last changed long enough ago for a note: the clock is put ahead. */
function settledFile(): { path: string; stamps: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'model.onnx');
  writeFileSync(path, content);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
  onTestFinished(() => void vi.useRealTimers());
  return { path, stamps: join(folder, 'stamps') };
}

describe('hashFile', () => {
  it('gives the SHA-256 and size of a file of several blocks', async () => {
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, content);
    expect(await hashFile(path)).toEqual({ sha256, bytes: content.length });
  });

  it('says why a file cannot be read, and stops when canceled', async () => {
    const folder = temporaryFolder();
    await expect(hashFile(join(folder, 'none'))).rejects.toMatchObject({
      code: 'file_not_readable',
      message: expect.stringContaining('ENOENT'),
    });
    await expect(hashFile(folder)).rejects.toMatchObject({ code: 'file_not_readable' });
    writeFileSync(join(folder, 'x'), content);
    await expect(hashFile(join(folder, 'x'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'canceled',
    });
  });
});

describe('verifyModelFile', () => {
  it('names the file, both checksums, both sizes and the way out when one byte differs', async () => {
    const path = join(temporaryFolder(), 'model.onnx');
    const changed = Buffer.from(content);
    changed[1_500_000]! ^= 1;
    writeFileSync(path, changed);
    const error = (await verifyModelFile(path, file, options).catch((reason: unknown) => reason)) as Error;
    expect(error).toMatchObject({
      code: 'model_checksum_mismatch',
      details: { expected: sha256, received: sha256Of(changed) },
    });
    for (const part of ['model.onnx', 'small', sha256, sha256Of(changed), 'Do this.'])
      expect(error.message).toContain(part);
    truncateSync(path, 10);
    await expect(verifyModelFile(path, file, options)).rejects.toThrow('3000000 bytes expected, 10 received');
  });

  it('does not read a noted file again, and does as soon as it changed', async () => {
    const { path, stamps } = settledFile();
    await verifyModelFile(path, file, { ...options, stampFolder: stamps });
    expect(await hasVerifiedStamp(stamps, path, sha256)).toBe(true);
    // The proof that the note is used: a note for another checksum lets a wrong file pass.
    await writeVerifiedStamp(stamps, path, 'b'.repeat(64), await fileIdentity(path));
    await verifyModelFile(path, { ...file, sha256: 'b'.repeat(64) }, { ...options, stampFolder: stamps });

    await writeVerifiedStamp(stamps, path, sha256, await fileIdentity(path));
    const { atime, mtime } = statSync(path);
    writeFileSync(path, contentOf(3_000_000, 2));
    utimesSync(path, atime, mtime);
    await expect(verifyModelFile(path, file, { ...options, stampFolder: stamps })).rejects.toMatchObject({
      code: 'model_checksum_mismatch',
    });
  });
});

describe('verified stamps', () => {
  it('hold for one path, one checksum and one inode only', async () => {
    const { path, stamps } = settledFile();
    await writeVerifiedStamp(stamps, path, sha256, await fileIdentity(path));
    expect(await hasVerifiedStamp(stamps, path, sha256)).toBe(true);
    expect(await hasVerifiedStamp(stamps, path, 'c'.repeat(64))).toBe(false);
    expect(await hasVerifiedStamp(stamps, `${path}.other`, sha256)).toBe(false);
    writeFileSync(`${path}.copy`, readFileSync(path));
    renameSync(`${path}.copy`, path);
    expect(await hasVerifiedStamp(stamps, path, sha256)).toBe(false);
  });

  it('are not left for a file that changed a moment ago or while it was hashed', async () => {
    const { path, stamps } = settledFile();
    await writeVerifiedStamp(stamps, path, sha256, 'an earlier identity');
    expect(await hasVerifiedStamp(stamps, path, sha256)).toBe(false);
    vi.useRealTimers();
    writeFileSync(path, content);
    await writeVerifiedStamp(stamps, path, sha256, await fileIdentity(path));
    expect(await hasVerifiedStamp(stamps, path, sha256)).toBe(false);
  });

  it('do without a folder that can be written, and survive a damaged note', async () => {
    const { path, stamps } = settledFile();
    writeFileSync(stamps, 'a file where the folder should be');
    await verifyModelFile(path, file, { ...options, stampFolder: stamps });
    const other = `${stamps}-2`;
    mkdirSync(other);
    await writeVerifiedStamp(other, path, sha256, await fileIdentity(path));
    for (const name of readdirSync(other)) writeFileSync(join(other, name), '{"path": ');
    expect(await hasVerifiedStamp(other, path, sha256)).toBe(false);
  });
});
