import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { uploadTooLarge } from './upload-limits.ts';
import { serverFailure } from '../operation/free-disk.ts';

/** A file on our disk, which whoever asked for it takes over or removes. */
export type SpooledFile = { readonly path: string; readonly bytes: number };

/** Where bodies are written before anything is decided about them: fields may come after the file. */
export class Spool {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'uploads');
  }

  /** Removes what a killed process left. */
  async open(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /**
   * Writes a stream to a file; nothing is left of one that fails.
   *
   * @throws InvalidInputError `audio_too_large`; CapacityError `overloaded` when the disk is full
   */
  async write(source: Readable, maxBytes: number): Promise<SpooledFile> {
    const path = join(this.#folder, randomBytes(16).toString('hex'));
    let bytes = 0;
    const count = new Transform({
      transform(part: Buffer, _encoding, done) {
        bytes += part.length;
        if (bytes > maxBytes) done(uploadTooLarge(maxBytes));
        else done(null, part);
      },
    });
    try {
      await pipeline(source, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
      return { path, bytes };
    } catch (error) {
      await rm(path, { force: true });
      throw serverFailure(error);
    }
  }
}
