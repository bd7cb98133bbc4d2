import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Cores that this process may really use: those of the scheduler, or fewer where a container has a quota. Node sees
 * the first only, and as many threads as a large machine has cores would fight over a small quota.
 *
 * @param readFile reads a file of the kernel; throws where there is none
 */
export function availableCores(readFile: (path: string) => string = readKernelFile): number {
  const quota = quotaOfVersion2(readFile) ?? quotaOfVersion1(readFile) ?? Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** cgroup v2: `max 100000` without a quota, `150000 100000` for one and a half cores. */
function quotaOfVersion2(readFile: (path: string) => string): number | undefined {
  const fields = attempt(() => readFile('/sys/fs/cgroup/cpu.max').trim().split(' '));
  return fields && quotient(fields[0], fields[1]);
}

function quotaOfVersion1(readFile: (path: string) => string): number | undefined {
  return attempt(() =>
    quotient(
      readFile('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
      readFile('/sys/fs/cgroup/cpu/cpu.cfs_period_us'),
    ),
  );
}

function quotient(quota: string | undefined, period: string | undefined): number | undefined {
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function readKernelFile(path: string): string {
  return readFileSync(path, 'utf8');
}
