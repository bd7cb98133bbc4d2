import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../../../core/system-error-code.ts';

const PREFIX = 'colloquy-audio-';

/** A folder that belongs to one job, readable by this user only. */
export type JobFolder = {
  readonly path: string;
  /** Removes it with all that is inside; may be called again. */
  dispose(): Promise<void>;
};

/** Makes a fresh folder below `root`. Its name holds our process id, for the sweep of a later start. */
export async function createJobFolder(root: string): Promise<JobFolder> {
  await mkdir(root, { recursive: true });
  // mkdtemp makes folders with mode 0700.
  const path = await mkdtemp(join(root, `${PREFIX}${process.pid}-`));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/**
 * Removes what a killed process left behind: voices are nobody's business. Call it once, before the first job:
 * folders under our own process id are then those of an earlier container.
 *
 * @returns how many folders were removed
 */
export async function sweepJobFolders(root: string): Promise<number> {
  const names = await readdir(root).catch(() => []);
  const stale = names.filter((name) => {
    const match = /^colloquy-audio-(\d+)-/.exec(name);
    const processId = Number(match?.[1]);
    return match !== null && (processId === process.pid || !isAlive(processId));
  });
  await Promise.all(stale.map((name) => rm(join(root, name), { recursive: true, force: true })));
  return stale.length;
}
