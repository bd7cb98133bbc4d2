import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidInputError, OutputError } from '../../../core/errors.ts';
import type { JobRecording } from '../../work/jobs/job-recording.ts';
import { InputReplaced, type BatchStore, type StoredObject, type VersionedObject } from './batch-store.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

const PAGE = 1000;

/** A file's version is its size and a digest of this much at both its ends: enough to see that it is another recording. */
const DIGESTED_BYTES = 64 * 1024;

export type FolderStoreOptions = {
  /** Digest whole files. @default false */
  readonly exact?: boolean;
};

/** A folder as a store: the same promises without a service. */
export class FolderStore implements BatchStore {
  readonly name: string;
  readonly hasAtomicCreate = true;
  readonly #root: string;
  readonly #exact: boolean;

  constructor(folder: string, { exact = false }: FolderStoreOptions = {}) {
    this.#root = resolve(folder);
    this.name = pathToFileURL(this.#root).href;
    this.#exact = exact;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<readonly StoredObject[]> {
    let page: StoredObject[] = [];
    for await (const key of this.#walk('', prefix)) {
      signal.throwIfAborted();
      const stats = await stat(this.#pathOf(key)).catch(() => undefined);
      if (stats?.isFile() !== true) continue;
      page.push({ key, sizeBytes: stats.size });
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async head(key: string): Promise<VersionedObject | undefined> {
    try {
      const file = await open(this.#pathOf(key));
      try {
        const { size: sizeBytes } = await file.stat();
        const digest = createHash('sha256').update(`${sizeBytes}\n`);
        const edge = this.#exact ? sizeBytes : DIGESTED_BYTES;
        for (const start of [0, Math.max(edge, sizeBytes - edge)]) {
          const length = Math.min(edge, sizeBytes - start);
          if (length <= 0) continue;
          for await (const part of file.createReadStream({
            start,
            end: start + length - 1,
            autoClose: false,
          })) {
            digest.update(part as Buffer);
          }
        }
        return { key, sizeBytes, version: digest.digest('hex') };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(key));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** A file that is complete from its first moment: written elsewhere, then linked, which fails where one is. */
  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#withTemporary(key, bytes, async (temporary, path) => {
      try {
        await link(temporary, path);
        return true;
      } catch (error) {
        if (systemErrorCode(error) === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#withTemporary(key, bytes, (temporary, path) => rename(temporary, path));
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  recording(object: VersionedObject): JobRecording {
    return {
      open: async () => {
        const now = await this.head(object.key);
        if (now?.version !== object.version) throw new InputReplaced();
        const audio = { path: this.#pathOf(object.key), name: 'the recording' };
        return { audio, dispose: () => Promise.resolve() };
      },
    };
  }

  async #withTemporary<T>(
    key: string,
    bytes: Uint8Array,
    finish: (temporary: string, path: string) => Promise<T>,
  ): Promise<T> {
    const path = this.#pathOf(key);
    const temporary = join(dirname(path), `.${randomUUID()}.part`);
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      return await finish(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      throw new OutputError(
        'output_not_writable',
        `The target folder cannot be written (${code}). Check its rights and the space that is left.`,
        { details: { reason: code }, cause: error },
      );
    }
  }

  /** Keys in the order of their parts; our own half-written files are not there yet. */
  async *#walk(folder: string, prefix: string): AsyncGenerator<string> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true }).catch(
      (error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      },
    );
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        const inside = `${key}/`;
        if (inside.startsWith(prefix) || prefix.startsWith(inside)) yield* this.#walk(key, prefix);
      } else if (key.startsWith(prefix) && !isHalfWritten(entry.name)) yield key;
    }
  }

  #pathOf(key: string): string {
    const path = resolve(this.#root, key);
    if (path.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep)) return path;
    throw new InvalidInputError(
      'invalid_option',
      'Expected a name inside the folder, got one that leads out of it.',
    );
  }
}

function isHalfWritten(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.part');
}

function isMissing(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
