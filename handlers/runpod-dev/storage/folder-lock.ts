import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DependencyError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/**
 * One process a folder: two would write over each other. A lock whose process is gone is taken over.
 *
 * @returns gives the folder free
 * @throws DependencyError `configuration_invalid` when another process has it
 */
export function lockFolder(path: string): () => void {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    const owner = Number(readFileSync(path, 'utf8'));
    if (isAnotherProcess(owner)) {
      throw new DependencyError(
        'configuration_invalid',
        `The data folder is in use by process ${owner}. Stop it, or give another --data.`,
      );
    }
    writeFileSync(path, String(process.pid));
  }
  return () => rmSync(path, { force: true });
}

function isAnotherProcess(pid: number): boolean {
  // Without a number in it, it was cut short by the end of its process.
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}
