import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createJobFolder, sweepJobFolders } from '../../../../handlers/work/fetch-audio/job-folder.ts';

const root = await mkdtemp(join(tmpdir(), 'colloquy-test-'));
afterAll(() => rm(root, { recursive: true }));

test('a job folder is private, fresh, and gone after dispose', async () => {
  const [a, b] = [await createJobFolder(root), await createJobFolder(root)];
  expect(a.path).not.toBe(b.path);
  expect((await stat(a.path)).mode & 0o777).toBe(0o700);
  await writeFile(join(a.path, 'audio'), 'x');
  await Promise.all([a.dispose(), b.dispose()]);
  expect(await readdir(root)).toEqual([]);
});

test('the sweep removes folders of dead processes and of our own earlier life, and nothing else', async () => {
  const dead = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  const keep = [`colloquy-audio-${process.ppid}-abc`, 'colloquy-audio-notes', 'other'];
  const stale = [`colloquy-audio-${dead}-abc`, `colloquy-audio-${process.pid}-abc`];
  for (const name of [...keep, ...stale]) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'audio'), 'voice');
  }
  expect(await sweepJobFolders(root)).toBe(2);
  expect((await readdir(root)).sort()).toEqual([...keep].sort());
  expect(await sweepJobFolders(join(root, 'missing'))).toBe(0);
});
