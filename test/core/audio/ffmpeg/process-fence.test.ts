import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findExecutable, findProcessFence } from '../../../../core/audio/ffmpeg/process-fence.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const LIMITS = { addressSpaceBytes: 2 ** 30, cpuSeconds: 60, fileBytes: 2 ** 20 };
const LINE = { command: 'program', args: ['-x'] };

function folderWith(scripts: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

test('puts both fences in front of the command', async () => {
  const folder = folderWith({ prlimit: 'exit 0', setpriv: 'exit 0' });
  const fence = await findProcessFence(folder);
  expect(fence(LINE, LIMITS)).toEqual({
    command: join(folder, 'prlimit'),
    args: [
      ...['--as=1073741824', '--cpu=60', '--fsize=1048576', '--core=0', '--'],
      ...[join(folder, 'setpriv'), '--pdeathsig', 'KILL', '--', 'program', '-x'],
    ],
  });
});

test('leaves out a fence that is missing or does not work here', async () => {
  const busybox = await findProcessFence(
    folderWith({ prlimit: 'exit 0', setpriv: 'echo unknown option >&2; exit 1' }),
  );
  expect(busybox(LINE, LIMITS).args.join(' ')).toMatch(
    /^--as=\S+ --cpu=\S+ --fsize=\S+ --core=0 -- program -x$/,
  );
  const bare = await findProcessFence(temporaryFolder());
  expect(bare(LINE, LIMITS)).toEqual(LINE);
});

test.runIf(process.platform === 'linux')('the tools of this machine really set the limits', async () => {
  const searchPath = '/usr/bin:/bin';
  const { command, args } = (await findProcessFence(searchPath))(
    { command: '/bin/cat', args: ['/proc/self/limits'] },
    LIMITS,
  );
  const text = execFileSync(command, args, { encoding: 'utf8', env: { PATH: searchPath } });
  expect(text).toMatch(/Max address space +1073741824/);
  expect(text).toMatch(/Max cpu time +60 /);
});

test('finds programs in the order of the folders, and takes a path as it is', async () => {
  const first = folderWith({ tool: '' });
  const second = folderWith({ tool: '', other: '' });
  expect(await findExecutable('tool', `${first}:${second}`)).toBe(join(first, 'tool'));
  expect(await findExecutable('other', `${first}:${second}`)).toBe(join(second, 'other'));
  expect(await findExecutable('none', `${first}:${second}`)).toBeUndefined();
  expect(await findExecutable(join(second, 'other'), first)).toBe(join(second, 'other'));
});
