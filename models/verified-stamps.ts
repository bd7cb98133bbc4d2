import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Notes that a file was hashed before and had the right checksum, so that a start need not read gigabytes again.
 *
 * A note is one small file in the user's cache folder, named after the path; it holds device, inode, size, and the
 * times of the last change of contents and of the inode, to the nanosecond, with the checksum that was found.
 *
 * It protects against: a file that was replaced, truncated, edited or restored from elsewhere since, also by a tool
 * that puts the old modification time back (the inode's change time moves all the same), and against a manifest that
 * now wants another checksum. It does not protect against: bits that rot on the disk, somebody who can write to the
 * disk below the file system, or somebody who can write to this user's cache folder; `colloquy models verify` reads
 * every byte for that. The same holds for the moment between the check and the loading of the file.
 */
type Stamp = { readonly path: string; readonly sha256: string; readonly identity: string };

/** A file changed later than this before now might change again within the same tick of a coarse clock: no note yet. */
const SETTLED_AFTER_MS = 2_000;

/** True when a note says that the file at `path`, as it is now, has this checksum. Never throws. */
export async function hasVerifiedStamp(folder: string, path: string, sha256: string): Promise<boolean> {
  try {
    const [note, identity] = await Promise.all([
      readFile(stampPath(folder, path), 'utf8'),
      fileIdentity(path),
    ]);
    const stamp = JSON.parse(note) as Partial<Stamp>;
    return stamp.path === resolve(path) && stamp.sha256 === sha256 && stamp.identity === identity;
  } catch {
    return false;
  }
}

/**
 * Leaves a note. Failure to do so (a read-only home folder) costs time at the next start and nothing else.
 *
 * @param identity `fileIdentity` from before the file was hashed: a file that changed meanwhile gets no note
 */
export async function writeVerifiedStamp(
  folder: string,
  path: string,
  sha256: string,
  identity: string | undefined,
): Promise<void> {
  const target = stampPath(folder, path);
  const temporary = `${target}.${randomUUID()}`;
  try {
    const { ctimeMs, mtimeMs } = await stat(path);
    if (Date.now() - Math.max(ctimeMs, mtimeMs) < SETTLED_AFTER_MS) return;
    if (identity === undefined || identity !== (await fileIdentity(path))) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stamp: Stamp = { path: resolve(path), sha256, identity };
    await writeFile(temporary, JSON.stringify(stamp), { mode: 0o600 });
    await rename(temporary, target);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** What changes whenever a file does; undefined for a file that is not there. */
export async function fileIdentity(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path, { bigint: true });
    return [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':');
  } catch {
    return undefined;
  }
}

function stampPath(folder: string, path: string): string {
  return join(folder, `${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 32)}.json`);
}
