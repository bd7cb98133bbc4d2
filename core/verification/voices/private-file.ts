/** Files for their owner's eyes only: written whole or not at all, and erased when they go. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PART_SUFFIX = '.part';
const OWNER_ONLY = 0o600;

/** Writes a file of a folder under another name and gives it its own when it is complete and on the disk. */
export async function writePrivateFile(folder: string, file: string, content: string): Promise<void> {
  const part = partOf(folder, file);
  const handle = await open(part, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(part, join(folder, file));
  await syncFolder(folder);
}

/** Takes a file of a folder away at once, so that nobody reads half of it, then overwrites its bytes and deletes it. */
export async function eraseFile(folder: string, file: string): Promise<void> {
  const part = partOf(folder, file);
  await rename(join(folder, file), part);
  await erase(part);
}

/** Erases what a killed process left behind in a folder where nobody writes at the moment. */
export async function eraseLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith('.') && name.endsWith(PART_SUFFIX)) await erase(join(folder, name));
}

function partOf(folder: string, file: string): string {
  return join(folder, `.${file}.${randomUUID()}${PART_SUFFIX}`);
}

async function erase(path: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle !== undefined) await overwrite(handle);
  await rm(path, { force: true });
}

async function overwrite(handle: FileHandle): Promise<void> {
  try {
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename last; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
