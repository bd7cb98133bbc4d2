import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../../../core/system-error-code.ts';
import { writeWhole } from '../../work/files/pending-file.ts';

/** What the desk keeps is nobody's business but its user's. */
export const OWN_FILE_MODE = 0o600;

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, JSON.stringify(value), OWN_FILE_MODE);
}

/** `undefined` where there is no such file. */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
