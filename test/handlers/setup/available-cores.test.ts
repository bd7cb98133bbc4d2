import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { availableCores } from '../../../handlers/setup/available-cores.ts';

function kernel(files: Record<string, string>) {
  return (path: string): string => {
    const content = files[path];
    if (content === undefined) throw new Error('ENOENT');
    return content;
  };
}

const V1 = '/sys/fs/cgroup/cpu/cpu.cfs_';

describe('availableCores', () => {
  it.each([
    ['no files of cgroups', {}, availableParallelism()],
    ['no quota', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, availableParallelism()],
    ['a quota above the cores', { '/sys/fs/cgroup/cpu.max': '9999900000 100000\n' }, availableParallelism()],
    ['half a core', { '/sys/fs/cgroup/cpu.max': '50000 100000\n' }, 1],
    [
      'no quota of version 1',
      { [`${V1}quota_us`]: '-1\n', [`${V1}period_us`]: '100000\n' },
      availableParallelism(),
    ],
    ['one core of version 1', { [`${V1}quota_us`]: '100000\n', [`${V1}period_us`]: '100000\n' }, 1],
  ])('with %s', (_title, files, expected) => {
    expect(availableCores(kernel(files))).toBe(expected);
  });
});
