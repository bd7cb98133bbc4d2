import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileErrors } from '../../work/files/read-input-file.ts';

const RECORDING =
  /\.(wav|wave|flac|mp3|m4a|m4b|mp4|aac|ogg|oga|opus|webm|mkv|mka|mov|avi|wma|amr|aif|aiff|au|caf|ts)$/i;

/** Whether a file of this name is a recording, by its ending. */
export function isRecordingName(name: string): boolean {
  return RECORDING.test(name);
}

/**
 * The recordings of a folder by name, or the file itself.
 *
 * @throws InputUnavailableError where the path cannot be read
 */
export async function recordingsOf(path: string): Promise<string[]> {
  if (!(await withFileErrors(path, () => stat(path))).isDirectory()) return [path];
  const names = await withFileErrors(path, () => readdir(path));
  return names
    .filter(isRecordingName)
    .sort()
    .map((name) => join(path, name));
}
