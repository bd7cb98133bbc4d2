import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OutputError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** Temporary files that exist at this moment, for a forced end. */
const present = new Set<string>();

/** Removes all temporary files at once, when there is no time to end in order. */
export function discardPendingFiles(): void {
  for (const path of present) rmSync(path, { force: true });
}

/**
 * A file in the making, beside the one that it becomes: complete under its name, or not there at all.
 *
 * What is no regular file (a device, a pipe) is written directly: a rename would replace it.
 */
export class PendingFile {
  /** Where the content is written until it is complete: absolute, for processes in other folders. */
  readonly path: string;
  readonly #target: string;
  readonly #handle: FileHandle;
  #isOpen = true;

  private constructor(path: string, target: string, handle: FileHandle) {
    this.path = path;
    this.#target = target;
    this.#handle = handle;
    if (path !== target) present.add(path);
  }

  /**
   * Starts a file: fails before the work where its folder is missing or not writable.
   *
   * @param mode of a new file, for what is not everybody's business
   * @throws OutputError `output_not_writable`
   */
  static async start(name: string, mode = 0o666): Promise<PendingFile> {
    try {
      const { target, isDirect } = await inspect(resolve(name));
      if (isDirect) return new PendingFile(target, target, await open(target, 'w'));
      const path = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`);
      return new PendingFile(path, target, await open(path, 'wx', mode));
    } catch (error) {
      throw notWritable(name, error);
    }
  }

  /** @throws OutputError `output_not_writable`, for instance on a full disk */
  async write(content: string | Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(content);
    } catch (error) {
      throw notWritable(this.#target, error);
    }
  }

  /** Gives the file its name. */
  async commit(): Promise<void> {
    try {
      if (this.path !== this.#target) await this.#handle.sync();
      await this.#close();
      if (this.path !== this.#target) await rename(this.path, this.#target);
    } catch (error) {
      throw notWritable(this.#target, error);
    } finally {
      await this.discard();
    }
  }

  /** Removes what was written, unless it has its name already. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    if (this.path === this.#target) return;
    await rm(this.path, { force: true });
    present.delete(this.path);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

/**
 * Writes a file that is there as a whole or not at all.
 *
 * @param mode of a new file, for what is not everybody's business
 * @throws OutputError `output_not_writable`
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const file = await PendingFile.start(path, mode);
  try {
    await file.write(content);
    await file.commit();
  } finally {
    await file.discard();
  }
}

/** Where the file really lies, through links, and whether it is a device or a pipe. */
async function inspect(name: string): Promise<{ target: string; isDirect: boolean }> {
  const existing = await stat(name).catch(() => undefined);
  if (existing === undefined) return { target: name, isDirect: false };
  if (existing.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (!existing.isFile()) return { target: name, isDirect: true };
  return { target: await realpath(name), isDirect: false };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOENT: 'the folder does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
};

/** The error for a file or folder that cannot be written. */
export function notWritable(name: string, cause: unknown): OutputError {
  const code = systemErrorCode(cause) ?? '';
  const reason = REASONS[code] ?? (code || 'unknown reason');
  const message = `${name} cannot be written: ${reason}. Choose another output, or make room.`;
  return new OutputError('output_not_writable', message, { cause, details: { reason: code } });
}
