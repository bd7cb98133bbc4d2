import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { buildPage } from '../../infra/tooling/build-page.mjs';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('the page is at most 80 kB of script and style, compressed, and names no other host', async () => {
  const folder = temporaryFolder();
  await buildPage(join(import.meta.dirname, '../..'), folder);
  const assets = join(folder, 'assets');
  const files = readdirSync(assets).map((name) => readFileSync(join(assets, name)));
  expect(files).toHaveLength(3);
  expect(files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0)).toBeLessThan(80_000);
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/(?:src|href)="https?:/);
});
