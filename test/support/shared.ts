import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder with recordings and golden values; `COLLOQUY_SHARED` overrides the default `../shared`. */
export const sharedFolder = resolve(process.env.COLLOQUY_SHARED ?? '../shared');

/** Path below the shared folder, or `undefined` (with a printed reason) where it is missing; throws in CI. */
export function sharedPath(...parts: string[]): string | undefined {
  const path = join(sharedFolder, ...parts);
  if (existsSync(path)) return path;
  const reason = `skipped: ${path} is missing (set COLLOQUY_SHARED to the folder that holds data/)`;
  if (process.env.CI === 'true' || process.env.CI === '1') throw new Error(reason);
  console.warn(reason);
  return undefined;
}

/** Why a test is skipped whose recording is not at hand; `sharedPath` prints which one. */
export const MISSING = 'a recording of the shared folder is missing';
