import { existsSync, readFileSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import { availableCores } from '../../setup/available-cores.ts';
import type { Finding } from './finding.ts';

/** Decoding a file to a temporary copy and a little room beside it; less and long recordings will fail. */
const ENOUGH_DISK_BYTES = 1e9;
/** The embedded models with their arenas and one recording take about 0.4 GB. */
const ENOUGH_MEMORY_BYTES = 1e9;

/** The Node that runs us; `required` as in package.json, `>=20.19`. */
export function examineNode(version: string, required: string): Finding {
  const parts = (text: string) => text.replace(/^\D+/, '').split('.').map(Number);
  const [major = 0, minor = 0] = parts(version);
  const [wantedMajor = 0, wantedMinor = 0] = parts(required);
  const enough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return {
    check: 'node',
    status: enough ? 'ok' : 'missing',
    summary: `Node ${version} (${process.platform} ${process.arch})`,
    ...(enough ? {} : { remedy: `Install Node ${required}.` }),
    facts: { version, required, platform: process.platform, arch: process.arch },
  };
}

/** Cores and memory that this process may use, limits of a container included. */
export function examineProcessor(): Finding {
  const cores = availableCores();
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const limit = process.constrainedMemory();
  // Without a limit this is 0 or a number far above what is there.
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const enough = memoryBytes >= ENOUGH_MEMORY_BYTES;
  return {
    check: 'processor',
    status: enough ? 'ok' : 'note',
    summary: `${cores} cores (${model}), ${gigabytes(memoryBytes)} of memory, ${gigabytes(freemem())} free`,
    ...(enough ? {} : { remedy: `Give it at least ${gigabytes(ENOUGH_MEMORY_BYTES)} of memory.` }),
    facts: { cores, model, memoryBytes, freeMemoryBytes: freemem() },
  };
}

/** Version of the NVIDIA driver; null without one. */
export function nvidiaDriver(): string | null {
  const path = '/proc/driver/nvidia/version';
  if (!existsSync(path)) return null;
  return /Kernel Module(?: for \S+)?\s+([\d.]+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 'unknown';
}

/** Whether files can be made in a folder (or in the first of its parents that exists), and how much room is there. */
export async function examineFolder(
  check: string,
  folder: string,
  need: 'required' | 'useful',
): Promise<Finding> {
  let existing = resolve(folder);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const writable = await access(existing, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  const freeBytes = await statfs(existing).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  const enough = writable && freeBytes >= ENOUGH_DISK_BYTES;
  return {
    check,
    status: enough ? 'ok' : !writable && need === 'required' ? 'missing' : 'note',
    summary: `${check}: ${folder}, ${writable ? `${gigabytes(freeBytes)} free` : 'cannot be written'}`,
    ...(enough ? {} : { remedy: remedyFor(check, writable) }),
    facts: { folder, writable, freeBytes },
  };
}

function remedyFor(check: string, writable: boolean): string {
  const variable = check === 'temporary files' ? 'TMPDIR' : 'COLLOQUY_CACHE';
  return writable
    ? `Make room, or name another folder with ${variable}.`
    : `Name a folder that can be written with ${variable}.`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
