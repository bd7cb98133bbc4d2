import { createHash, type Hash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { open, type FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../../core/errors.ts';

/**
 * The part of a file that is here already: its bytes, their running SHA-256, and what the server called that version.
 *
 * Lies beside the target as `<target>.part`, with the server's version in `<target>.part.json`; survives the process.
 */
export class PartialDownload {
  readonly #path: string;
  readonly #file: FileHandle;
  #hash: Hash;
  #bytes = 0;
  #validator: string | undefined;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
    this.#hash = createHash('sha256');
  }

  /** Opens what an earlier try left, or an empty file, and hashes it. */
  static async open(target: string, signal?: AbortSignal): Promise<PartialDownload> {
    const path = `${target}.part`;
    // 'a+' creates without truncating; writes always go to the end, which is where a resumed transfer belongs.
    const partial = new PartialDownload(path, await open(path, 'a+', 0o644));
    const block = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      throwIfAborted(signal);
      const { bytesRead } = await partial.#file.read(block, 0, block.length, partial.#bytes);
      if (bytesRead === 0) break;
      partial.#hash.update(block.subarray(0, bytesRead));
      partial.#bytes += bytesRead;
    }
    partial.#validator = await readFile(`${path}.json`, 'utf8').then(parseValidator, () => undefined);
    return partial;
  }

  get path(): string {
    return this.#path;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Strong ETag of the version that the bytes belong to, where the server gave one. */
  get validator(): string | undefined {
    return this.#validator;
  }

  /** Throws the bytes away and remembers the version that comes next. */
  async restart(validator: string | undefined): Promise<void> {
    await this.#file.truncate(0);
    this.#bytes = 0;
    this.#hash = createHash('sha256');
    this.#validator = validator;
    if (validator === undefined) await rm(`${this.#path}.json`, { force: true });
    else await writeFile(`${this.#path}.json`, JSON.stringify({ etag: validator }));
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#file.appendFile(chunk);
    this.#hash.update(chunk);
    this.#bytes += chunk.byteLength;
  }

  /** SHA-256 of all bytes so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Puts the bytes on the disk for good, so that a rename never publishes a file that a power cut would empty. */
  async flush(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes the file; the bytes stay for the next try. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Removes what is left of an unfinished or published download. */
  static async remove(target: string): Promise<void> {
    await rm(`${target}.part`, { force: true });
    await rm(`${target}.part.json`, { force: true });
  }
}

function parseValidator(text: string): string | undefined {
  try {
    const { etag } = JSON.parse(text) as { etag?: unknown };
    return typeof etag === 'string' ? etag : undefined;
  } catch {
    return undefined;
  }
}
