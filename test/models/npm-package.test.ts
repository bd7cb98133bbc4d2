import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findModel, shippedManifest } from '../../models/manifest.ts';
import { findNpmPackage } from '../../models/npm-package.ts';
import { hashFile } from '../../models/verify.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = join(import.meta.dirname, '../../models/pack/whisper-base.mjs');

it('builds a package with the files of the manifest, which is found when it is installed beside Colloquy', async () => {
  const folder = temporaryFolder();
  const packed = execFileSync(process.execPath, [script, join(folder, 'packed')], {
    encoding: 'utf8',
  }).trim();
  const { npmPackage, files } = findModel(shippedManifest(), 'whisper-base-q8');
  const installed = join(folder, 'node_modules', npmPackage!);
  mkdirSync(join(folder, 'node_modules/colloquy/dist'), { recursive: true });
  renameSync(packed, installed);

  const found = findNpmPackage(npmPackage!, join(folder, 'node_modules/colloquy/dist/cli.js'));
  expect(found).toBe(installed);
  for (const { name, sha256 } of files) expect((await hashFile(join(found!, name))).sha256).toBe(sha256);
  const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    files: string[];
  };
  expect(description.files).toEqual(expect.arrayContaining(['LICENSE', ...files.map(({ name }) => name)]));
});

it('finds nothing where no package is', () => {
  expect(findNpmPackage('colloquy-no-such-model', join(temporaryFolder(), 'cli.js'))).toBeUndefined();
});

it('is no part of the main package', () => {
  const { files } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    files: string[];
  };
  expect(files).toContain('!models/embedded/whisper-base-q8');
});
