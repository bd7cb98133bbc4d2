import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from './shared.ts';

/**
 * A golden file of the recogniser's parts: the one in the shared folder, else the fixture committed in
 * `test/golden/transcription`.
 *
 * @param path below `data/golden/asr`, e.g. `whisper/dtw.json`
 */
export function asrGolden(path: string): unknown {
  const shared = join(sharedFolder, 'data', 'golden', 'asr', path);
  const committed = join(import.meta.dirname, '../golden/transcription', path);
  return JSON.parse(readFileSync(existsSync(shared) ? shared : committed, 'utf8'));
}
