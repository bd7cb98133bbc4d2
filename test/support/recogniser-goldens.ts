import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from './shared.ts';

const SHARED = join(sharedFolder, 'data', 'golden', 'asr');
const COMMITTED = join(import.meta.dirname, '../golden/transcription-graphs');

/**
 * Path of a golden file or folder of the recognisers: in the shared folder, else the fixture committed in
 * `test/golden/transcription-graphs`; `undefined` where neither has it (the graphs of Whisper are too large to commit).
 */
export function goldenPath(path: string): string | undefined {
  const places = existsSync(SHARED) ? [SHARED] : [COMMITTED];
  return places.map((place) => join(place, path)).find((candidate) => existsSync(candidate));
}

/** Names of the folders in a golden folder; none where it is missing. */
export function goldenFolders(path: string): string[] {
  const folder = goldenPath(path);
  if (folder === undefined) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** A golden JSON file; its numbers may be the strings `NaN`, `Infinity` and `-Infinity`. */
export function goldenJson(path: string): unknown {
  const file = goldenPath(path);
  if (file === undefined) throw new Error(`the golden file ${path} is missing`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
