/**
 * Voices in a folder, one file each: written whole or not at all, for their owner's eyes only, and changed by one
 * process at a time.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputUnavailableError, InvalidInputError, isSpeechError, OutputError } from '../errors.ts';
import { decryptVoice, encryptVoice, hashName, type VoiceKey } from './voice-encryption.ts';
import type { Voice } from './voice.ts';
import { decodeVoice, encodeVoice, MAX_VOICE_FILE_BYTES } from './voice-file.ts';
import { voiceName } from './voice-name.ts';

/** Runs work while no other process holds the lock file. */
export type LockFile = <T>(path: string, work: () => Promise<T>) => Promise<T>;

export type VoiceStoreOptions = {
  readonly folder: string;
  readonly lock: LockFile;
  /** Files are encrypted with it, and their names hidden. */
  readonly key?: VoiceKey | undefined;
  /** Told of files that others may read. */
  readonly onWarning?: ((warning: VoiceStoreWarning) => void) | undefined;
};

export type VoiceStoreWarning = { readonly code: 'voice_file_exposed'; readonly message: string };

const SUFFIX = '.voice.json';
const LOCK_NAME = '.voices.lock';
const PART_SUFFIX = '.part';
/** Read or written by the group or by all. */
const OTHERS = 0o066;

/** A folder of voices. */
export class VoiceStore {
  readonly #options: VoiceStoreOptions;

  /** Nothing is read or made yet. */
  constructor(options: VoiceStoreOptions) {
    this.#options = options;
  }

  /**
   * All voices, by name.
   *
   * @throws InputUnavailableError `file_not_found` without the folder, `file_not_readable`
   * @throws InvalidInputError `invalid_file` for a damaged file, and where two files hold one name
   */
  async list(): Promise<Voice[]> {
    const voices: Voice[] = [];
    for (const file of await this.#files()) voices.push(await this.#read(file));
    voices.sort((a, b) => (a.name < b.name ? -1 : 1));
    const repeated = voices.find((voice, index) => voices[index - 1]?.name === voice.name);
    if (repeated === undefined) return voices;
    throw new InvalidInputError(
      'invalid_file',
      `Two files of the folder hold the voice ${JSON.stringify(repeated.name)}; remove one of them.`,
    );
  }

  /** The voice of that name; undefined where there is none. */
  async find(name: string): Promise<Voice | undefined> {
    const file = this.#fileOf(voiceName(name));
    return (await this.#exists(file)) ? this.#read(file) : undefined;
  }

  /**
   * Changes a voice while nobody else can: `change` gets the voice as it is and gives it as it shall be.
   *
   * @throws what `change` throws; nothing is written then
   * @throws OutputError `output_not_writable`
   */
  async update(
    name: string,
    change: (existing: Voice | undefined) => Promise<Voice> | Voice,
  ): Promise<Voice> {
    const safe = voiceName(name);
    return this.#locked(async () => {
      const voice = await change(await this.find(safe));
      if (voice.name !== safe) {
        throw new InvalidInputError('invalid_option', 'A voice keeps its name when it is changed.');
      }
      await this.#write(this.#fileOf(safe), encodeVoice(voice));
      return voice;
    });
  }

  /**
   * Deletes a voice: its bytes are overwritten, then the file goes. Backups, snapshots and the spare cells of a flash
   * disk are beyond any program; encryption reaches them too.
   *
   * @returns false where there was none
   */
  async remove(name: string): Promise<boolean> {
    const file = this.#fileOf(voiceName(name));
    if (!(await this.#exists(file))) return false;
    return this.#locked(async () => {
      const path = this.#path(file);
      const handle = await this.#accessWriting(() => open(path, constants.O_WRONLY | constants.O_NOFOLLOW));
      try {
        await this.#accessWriting(() => overwrite(handle));
      } finally {
        await handle.close();
      }
      await this.#accessWriting(() => rm(path));
      return true;
    });
  }

  #path(file: string): string {
    return join(this.#options.folder, file);
  }

  /** Readable and unique: a hash keeps apart what a file system would take for one name. */
  #fileOf(name: string): string {
    const { key } = this.#options;
    if (key !== undefined) return `${hashName(key, name)}${SUFFIX}`;
    const readable = name
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 48);
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
    return `${readable === '' ? 'voice' : readable}-${hash}${SUFFIX}`;
  }

  async #files(): Promise<string[]> {
    try {
      const names = await readdir(this.#options.folder);
      return names.filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.')).sort();
    } catch (cause) {
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      throw new InputUnavailableError(
        isMissing ? 'file_not_found' : 'file_not_readable',
        isMissing
          ? 'The folder of voices does not exist; enrol a voice, or check its path.'
          : 'The folder of voices cannot be read; check its path and permissions.',
        { cause },
      );
    }
  }

  async #exists(file: string): Promise<boolean> {
    return lstat(this.#path(file)).then(
      () => true,
      () => false,
    );
  }

  async #read(file: string): Promise<Voice> {
    let text: string;
    try {
      const handle = await open(this.#path(file), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const { size, mode } = await handle.stat();
        if (size > MAX_VOICE_FILE_BYTES)
          throw new InvalidInputError('invalid_file', `${file} is too large for a voice.`);
        if ((mode & OTHERS) !== 0) this.#warnExposed(file);
        text = await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    } catch (cause) {
      if (isSpeechError(cause)) throw cause;
      throw new InputUnavailableError(
        'file_not_readable',
        `The voice file ${file} cannot be read; check its permissions, and that it is no link.`,
        { cause },
      );
    }
    return decodeVoice(decryptVoice(this.#options.key, text, file), file);
  }

  #warnExposed(file: string): void {
    this.#options.onWarning?.({
      code: 'voice_file_exposed',
      message: `Others on this machine may read or change the voice file ${file}; it is biometric data: chmod 600 it.`,
    });
  }

  async #write(file: string, text: string): Promise<void> {
    const { key, folder } = this.#options;
    const part = this.#path(`.${file}.${randomUUID()}${PART_SUFFIX}`);
    await this.#accessWriting(async () => {
      const handle = await open(part, 'wx', 0o600);
      try {
        await handle.writeFile(key === undefined ? text : encryptVoice(key, text));
        await handle.sync();
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      await rename(part, this.#path(file));
      await syncFolder(folder);
    });
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const { folder, lock } = this.#options;
    await this.#accessWriting(() => mkdir(folder, { recursive: true, mode: 0o700 }));
    return lock(this.#path(LOCK_NAME), async () => {
      await this.#sweep();
      return work();
    });
  }

  /** What a killed process left behind: under the lock nobody writes, so every part is a leftover. */
  async #sweep(): Promise<void> {
    const names = await readdir(this.#options.folder);
    for (const name of names) {
      if (name.startsWith('.') && name.endsWith(PART_SUFFIX)) await rm(this.#path(name), { force: true });
    }
  }

  async #accessWriting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
      throw new OutputError(
        'output_not_writable',
        `The folder of voices cannot be written (${code}); make it writable, or make room.`,
        { cause, details: { reason: code } },
      );
    }
  }
}

async function overwrite(handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(size), 0, size, 0);
  await handle.sync();
}

/** Makes a rename last; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
