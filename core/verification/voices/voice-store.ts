/**
 * Voices in a folder, one file each: written whole or not at all, for their owner's eyes only, and changed by one
 * process at a time.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputUnavailableError, InvalidInputError, isSpeechError, OutputError } from '../../errors.ts';
import type { LockFile } from '../../lock-file.ts';
import { eraseFile, eraseLeftovers, writePrivateFile } from './private-file.ts';
import { decryptVoice, encryptVoice, hashName, type VoiceKey } from './voice-encryption.ts';
import type { EnrolledVoice } from './voice.ts';
import { decodeVoice, encodeVoice, MAX_VOICE_FILE_BYTES } from './voice-file.ts';
import { voiceName } from './voice-name.ts';
import { systemErrorCode } from '../../system-error-code.ts';

/** Where voices are kept, and how. */
export type VoiceStoreOptions = {
  readonly folder: string;
  readonly lock: LockFile;
  /** Files are encrypted with it, and their names hidden. @default files and names are in plain text */
  readonly key?: VoiceKey | undefined;
  /** Told of files that others may read. @default nobody is told */
  readonly onWarning?: ((warning: VoiceStoreWarning) => void) | undefined;
};

export type VoiceStoreWarning = { readonly code: 'voice_file_exposed'; readonly message: string };

const SUFFIX = '.voice.json';
const LOCK_NAME = '.voices.lock';
/** Read or written by the group or by all. */
const OTHERS = 0o066;

/** True for the mode of a file that not only its owner may read or write. */
export function isExposed(mode: number): boolean {
  return (mode & OTHERS) !== 0;
}

export function exposedWarning(file: string): VoiceStoreWarning {
  return {
    code: 'voice_file_exposed',
    message: `Others on this machine may read or change the voice file ${file}; it is biometric data: chmod 600 it.`,
  };
}

/** What encrypted files are called; readable names have a hyphen. */
const HIDDEN_NAME = /^[0-9a-f]{32}\.voice\.json$/;

/**
 * A folder of voices.
 *
 * With a key everything that is written is encrypted; a voice from before there was a key is read as it is, and is
 * encrypted when it changes. A folder with encrypted voices is not touched without their key: a voice would seem to be
 * missing that is there.
 */
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
  async list(): Promise<EnrolledVoice[]> {
    const voices: EnrolledVoice[] = [];
    for (const file of await this.#files()) {
      const voice = await this.#read(file).catch(ifRemoved);
      if (voice !== undefined) voices.push(voice);
    }
    voices.sort((a, b) => (a.name < b.name ? -1 : 1));
    const repeated = voices.find((voice, index) => voices[index - 1]?.name === voice.name);
    if (repeated === undefined) return voices;
    throw new InvalidInputError(
      'invalid_file',
      `Two files of the folder hold the voice ${JSON.stringify(repeated.name)}; remove one of them.`,
    );
  }

  /**
   * The voice of that name; undefined where there is none.
   *
   * @throws InvalidInputError `invalid_file` for a damaged file, and where the folder has voices of another key
   */
  async find(name: string): Promise<EnrolledVoice | undefined> {
    const [file] = await this.#filesOf(voiceName(name));
    return file === undefined ? undefined : this.#read(file);
  }

  /**
   * Changes a voice while nobody else can: `change` gets the voice as it is and gives it as it shall be.
   *
   * @throws what `change` throws; nothing is written then
   * @throws OutputError `output_not_writable`
   */
  update(
    name: string,
    change: (existing: EnrolledVoice | undefined) => Promise<EnrolledVoice> | EnrolledVoice,
  ): Promise<EnrolledVoice> {
    return this.#change(name, async () => change(await this.find(name)));
  }

  /** Puts a voice in the place of what has its name, which is not read and may be damaged. */
  replace(voice: EnrolledVoice): Promise<EnrolledVoice> {
    return this.#change(voice.name, () => Promise.resolve(voice));
  }

  /**
   * Deletes a voice: its bytes are overwritten, then the file goes. Backups, snapshots and the spare cells of a flash
   * disk are beyond any program; encryption reaches them too.
   *
   * @returns false where there was none
   */
  async remove(name: string): Promise<boolean> {
    const safe = voiceName(name);
    if ((await this.#filesOf(safe)).length === 0) return false;
    return this.#locked(async () => {
      const files = await this.#filesOf(safe);
      for (const file of files) await this.#erase(file);
      return files.length > 0;
    });
  }

  async #change(name: string, make: () => Promise<EnrolledVoice>): Promise<EnrolledVoice> {
    const safe = voiceName(name);
    return this.#locked(async () => {
      const before = await this.#filesOf(safe);
      const voice = await make();
      if (voice.name !== safe) {
        throw new InvalidInputError('invalid_option', 'A voice keeps its name when it is changed.');
      }
      const file = this.#fileOf(safe);
      await this.#write(file, encodeVoice(voice));
      // What was readable to all goes once it is encrypted.
      for (const old of before) if (old !== file) await this.#erase(old);
      return voice;
    });
  }

  /** The files of a voice that are there; with a key a readable one may come after the encrypted one. */
  async #filesOf(name: string): Promise<string[]> {
    const there: string[] = [];
    for (const file of new Set([this.#fileOf(name), readableFile(name)]))
      if (await this.#exists(file)) there.push(file);
    if (there.length === 0) await this.#requireKey();
    return there;
  }

  /** Reads one encrypted voice, if there is any: the key that fits it fits the folder. */
  async #requireKey(): Promise<void> {
    const names = await readdir(this.#options.folder).catch(() => []);
    const hidden = names.find((name) => HIDDEN_NAME.test(name));
    if (hidden !== undefined) await this.#read(hidden);
  }

  async #erase(file: string): Promise<void> {
    await this.#accessWriting(() => eraseFile(this.#options.folder, file));
  }

  #path(file: string): string {
    return join(this.#options.folder, file);
  }

  #fileOf(name: string): string {
    const { key } = this.#options;
    return key === undefined ? readableFile(name) : `${hashName(key, name)}${SUFFIX}`;
  }

  async #files(): Promise<string[]> {
    try {
      const names = await readdir(this.#options.folder);
      return names.filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.')).sort();
    } catch (cause) {
      const isMissing = systemErrorCode(cause) === 'ENOENT';
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

  async #read(file: string): Promise<EnrolledVoice> {
    let text: string;
    try {
      const handle = await open(this.#path(file), constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const { size, mode } = await handle.stat();
        if (size > MAX_VOICE_FILE_BYTES)
          throw new InvalidInputError('invalid_file', `${file} is too large for a voice.`);
        if (isExposed(mode)) this.#options.onWarning?.(exposedWarning(file));
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

  async #write(file: string, text: string): Promise<void> {
    const { key, folder } = this.#options;
    const content = key === undefined ? text : encryptVoice(key, text);
    await this.#accessWriting(() => writePrivateFile(folder, file, content));
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const { folder, lock } = this.#options;
    await this.#accessWriting(() => mkdir(folder, { recursive: true, mode: 0o700 }));
    return lock(this.#path(LOCK_NAME), async () => {
      await this.#accessWriting(() => eraseLeftovers(folder));
      return work();
    });
  }

  async #accessWriting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const code = systemErrorCode(cause) ?? 'unknown reason';
      throw new OutputError(
        'output_not_writable',
        `The folder of voices cannot be written (${code}); make it writable, or make room.`,
        { cause, details: { reason: code } },
      );
    }
  }
}

/** Readable and unique: a hash keeps apart what a file system would take for one name. */
function readableFile(name: string): string {
  const readable = name
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${readable === '' ? 'voice' : readable}-${hash}${SUFFIX}`;
}

/** Between listing and reading another process may have removed a voice. */
function ifRemoved(error: unknown): undefined {
  const cause = (error as { cause?: { code?: unknown } }).cause;
  if (cause?.code !== 'ENOENT') throw error;
}
