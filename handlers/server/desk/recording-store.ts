import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { InputUnavailableError, RequestError } from '../../../core/errors.ts';
import type { JobRecording } from '../../work/jobs/job-recording.ts';
import { isId, newId } from './random-ids.ts';
import { readJsonFile, writeJson } from './json-files.ts';

/** What is known of a recording that was sent. */
export const storedRecordingSchema = z.object({
  id: z.string(),
  /** As the sender called it; only shown. */
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** Seconds since 1970, in milliseconds. */
  createdAtMs: z.number(),
  /** Key of who sent it; others do not see it. */
  owner: z.string(),
});

export type StoredRecording = z.infer<typeof storedRecordingSchema>;

/**
 * Recordings as folders: `recordings/<id>/audio` and what is known of it. A recording in use is not erased under the
 * job that reads it.
 */
export class RecordingStore {
  readonly #folder: string;
  readonly #recordings = new Map<string, StoredRecording>();
  /** How many jobs need a recording. */
  readonly #users = new Map<string, number>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Reads what is there; folders that were never finished are removed. */
  static async open(dataFolder: string): Promise<RecordingStore> {
    const store = new RecordingStore(join(dataFolder, 'recordings'));
    await mkdir(store.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(store.#folder)) {
      const parsed = storedRecordingSchema.safeParse(
        isId('rec', name) ? await readJsonFile(join(store.#folder, name, 'recording.json')) : undefined,
      );
      if (parsed.success) store.#recordings.set(name, parsed.data);
      else await rm(join(store.#folder, name), { recursive: true, force: true });
    }
    return store;
  }

  /** Takes over a file that was written on the same disk. */
  async add(
    path: string,
    facts: { readonly name: string; readonly owner: string },
  ): Promise<StoredRecording> {
    const id = newId('rec');
    const folder = join(this.#folder, id);
    try {
      await mkdir(folder, { mode: 0o700 });
      const recording = { id, ...facts, ...(await takenOver(path, folder)), createdAtMs: Date.now() };
      await writeJson(join(folder, 'recording.json'), recording);
      this.#recordings.set(id, recording);
      return recording;
    } catch (error) {
      await Promise.all([path, folder].map((left) => rm(left, { recursive: true, force: true })));
      throw error;
    }
  }

  /** Newest first. */
  list(owner: string): StoredRecording[] {
    return [...this.#recordings.values()]
      .filter((recording) => recording.owner === owner)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1));
  }

  /** @throws InputUnavailableError `not_found`, also for recordings of others */
  get(id: string, owner: string): StoredRecording {
    const recording = this.#recordings.get(id);
    if (recording?.owner === owner) return recording;
    throw new InputUnavailableError(
      'not_found',
      'There is no such recording. Check its id; recordings are kept for a limited time.',
    );
  }

  /** Digest of a recording's bytes; empty for one that is not there. */
  sha256Of(id: string): string {
    return this.#recordings.get(id)?.sha256 ?? '';
  }

  /** The name of a recording for files that are made of it: without the ending of its own. */
  shownName(id: string): string {
    const name = this.#recordings.get(id)?.name ?? '';
    return name.replace(/\.[A-Za-z0-9]{1,5}$/, '') || 'recording';
  }

  audioPath(id: string): string {
    return join(this.#folder, id, 'audio');
  }

  /** Files beside a recording that are made from it, such as its peaks. */
  derivedPath(id: string, name: string): string {
    return join(this.#folder, id, name);
  }

  /** As a job reads it: where it lies, without a copy. */
  jobRecording(id: string): JobRecording {
    const audio = { path: this.audioPath(id), name: 'the recording' };
    return { open: () => Promise.resolve({ audio, dispose: () => Promise.resolve() }) };
  }

  hold(id: string): void {
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
  }

  release(id: string): void {
    const users = (this.#users.get(id) ?? 1) - 1;
    if (users > 0) this.#users.set(id, users);
    else this.#users.delete(id);
  }

  /** @throws RequestError `conflict` while a job needs it */
  async erase(id: string): Promise<void> {
    if (this.#users.has(id)) {
      throw new RequestError('conflict', 'A job reads this recording. Cancel the job, or wait for its end.');
    }
    this.#recordings.delete(id);
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Erases what is older and needed by nobody. */
  async eraseOlderThan(timeMs: number): Promise<void> {
    for (const { id, createdAtMs } of [...this.#recordings.values()]) {
      if (createdAtMs < timeMs && !this.#users.has(id)) await this.erase(id);
    }
  }
}

/** Moves a file to where its recording lies, and looks at it. */
async function takenOver(path: string, folder: string): Promise<{ bytes: number; sha256: string }> {
  const audio = join(folder, 'audio');
  await rename(path, audio);
  const digest = createHash('sha256');
  for await (const part of createReadStream(audio)) digest.update(part as Buffer);
  return { bytes: (await stat(audio)).size, sha256: digest.digest('hex') };
}
