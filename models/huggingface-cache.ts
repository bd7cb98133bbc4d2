import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HuggingFaceFile } from './manifest.ts';

/**
 * Finds a file in a Hugging Face cache: `<hub>/models--<org>--<name>/snapshots/<commit>/<path>`, where a snapshot's
 * files are links into `blobs/` (or plain copies where links are not possible). RunPod's cached models have the same
 * layout.
 *
 * The recorded commit is preferred, then what `refs/<revision>` and `refs/main` point at, then any other snapshot in
 * the order of its name: the checksum in the manifest decides whether the file is the right one, so a cache that was
 * filled later from a newer commit with the same file serves as well. A link to a blob that is missing (a download
 * that was cut) does not count.
 *
 * @returns the path within the snapshot, or undefined
 */
export async function findInHuggingFaceCache(
  hub: string,
  file: HuggingFaceFile,
): Promise<string | undefined> {
  const repository = join(hub, `models--${file.repository.replaceAll('/', '--')}`);
  for (const commit of await snapshotsOf(repository, file.revision)) {
    const path = join(repository, 'snapshots', commit, ...file.path.split('/'));
    // stat follows the link: false for one that leads nowhere.
    if (await isFile(path)) return path;
  }
  return undefined;
}

/** Commits to look at, best first, each once. */
async function snapshotsOf(repository: string, revision: string): Promise<string[]> {
  const present = await readdir(join(repository, 'snapshots')).catch((): string[] => []);
  if (present.length === 0) return [];
  const referred = await Promise.all([revision, 'main'].map((name) => readReference(repository, name)));
  const wanted = [revision, ...referred, ...present.sort()];
  return [...new Set(wanted)].filter(
    (commit) => commit !== undefined && present.includes(commit),
  ) as string[];
}

async function readReference(repository: string, name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(repository, 'refs', name), 'utf8')).trim();
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
