import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Payload, type StoredPayload } from './payload.ts';

/** Where the large parts of jobs are. */
export type PayloadStore = {
  /** Keeps JSON text. Rejects with the error of the disk where that cannot hold it. */
  keep(json: string): Promise<Payload>;
  /** Lets go of a payload that no job has any more. */
  drop(payload: Payload): void;
};

/** Everything in memory. */
export const memoryPayloads: PayloadStore = {
  keep: (json) => Promise.resolve(Payload.inMemory(json)),
  drop: () => undefined,
};

/** Smaller ones stand in the journal: a file for each would cost more than it saves. */
const MAX_INLINE_BYTES = 4_096;

/** Payloads in files of their own, written once, beside a journal that names them. */
export class PayloadFolder implements PayloadStore {
  readonly #folder: string;
  /** Flush each file before it counts as kept. */
  readonly #flushFirst: boolean;

  constructor(folder: string, flushFirst: boolean) {
    this.#folder = folder;
    this.#flushFirst = flushFirst;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  async keep(json: string): Promise<Payload> {
    if (Buffer.byteLength(json) <= MAX_INLINE_BYTES) return Payload.inMemory(json);
    const file = `${randomUUID()}.json`;
    const path = join(this.#folder, file);
    try {
      const handle = await open(path, 'wx', 0o600);
      try {
        await handle.writeFile(json, 'utf8');
        if (this.#flushFirst) await handle.datasync();
      } finally {
        await handle.close();
      }
      if (this.#flushFirst) await this.#flushFolder();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return Payload.inFile(path, file, Buffer.byteLength(json));
  }

  drop(payload: Payload): void {
    if (payload.file !== undefined) rmSync(join(this.#folder, payload.file), { force: true });
  }

  /** The payload that a journal names; undefined where its file is not what it was. */
  find(stored: StoredPayload): Payload | undefined {
    if ('json' in stored) return Payload.inMemory(stored.json);
    const path = join(this.#folder, stored.file);
    const isWhole = statSync(path, { throwIfNoEntry: false })?.size === stored.bytes;
    return isWhole ? Payload.inFile(path, stored.file, stored.bytes) : undefined;
  }

  /** Removes files that no job names: their process ended before it could say that they are there. */
  removeAllBut(payloads: Iterable<Payload>): void {
    const named = new Set([...payloads].map(({ file }) => file));
    for (const name of readdirSync(this.#folder)) {
      if (!named.has(name)) rmSync(join(this.#folder, name), { force: true });
    }
  }

  /** A new name is safe only when the folder that holds it is. */
  async #flushFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
