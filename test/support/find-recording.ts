import { existsSync } from 'node:fs';
import { sharedPath } from './shared.ts';

const FOLDERS = ['ami-excerpts', 'conversations', 'speech', 'spoken'];

/** Path of a recording by its name without extension; `undefined` (with a printed reason) where it is missing. */
export function findRecording(name: string): string | undefined {
  const data = sharedPath('data');
  if (data === undefined) return undefined;
  const found = FOLDERS.flatMap((folder) =>
    ['wav', 'flac'].map((type) => `${data}/${folder}/${name}.${type}`),
  ).find(existsSync);
  if (found === undefined) console.warn(`skipped: there is no recording ${name} in ${FOLDERS.join(', ')}`);
  return found;
}
