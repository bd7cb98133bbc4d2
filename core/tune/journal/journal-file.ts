import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { OutputError } from '../../errors.ts';
import type { LockFile } from '../../lock-file.ts';
import { encodeLine, parseLines, type TuneJournalLine } from './journal-lines.ts';
import { TuneJournalState } from './journal-state.ts';
import { systemErrorCode } from '../../system-error-code.ts';

const NEWLINE = 0x0a;

/**
 * The journal of a study on disk, shared by processes and machines. Lines are appended whole, under a lock, and are
 * never changed. What a dead writer left half written is marked by the next one.
 */
export class JournalFile {
  readonly state = new TuneJournalState();
  readonly #path: string;
  readonly #lock: LockFile;
  #readBytes = 0;
  #readLines = 0;

  constructor(path: string, lock: LockFile) {
    this.#path = path;
    this.#lock = lock;
  }

  /**
   * Takes in what others have written since.
   *
   * @throws InvalidInputError `invalid_file` for a broken line, with its number
   */
  refresh(): TuneJournalState {
    const descriptor = this.#open('r');
    if (descriptor === undefined) return this.state;
    try {
      const bytes = new Uint8Array(Math.max(0, fstatSync(descriptor).size - this.#readBytes));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(descriptor, bytes, filled, bytes.length - filled, this.#readBytes + filled);
        if (count === 0) break;
        filled += count;
      }
      const parsed = parseLines(bytes.subarray(0, filled), this.#readLines + 1);
      this.#readBytes += parsed.bytes;
      this.#readLines += countNewlines(bytes.subarray(0, parsed.bytes));
      this.state.apply(parsed.lines);
    } finally {
      closeSync(descriptor);
    }
    return this.state;
  }

  /**
   * Decides and writes in one: nobody else writes between what `decide` sees and its lines.
   *
   * @param decide gets the journal as it is; gives lines to append
   */
  async update<T>(
    decide: (state: TuneJournalState) => { readonly lines: readonly TuneJournalLine[]; readonly result: T },
  ): Promise<T> {
    return await this.#lock(`${this.#path}.lock`, () => {
      const { lines, result } = decide(this.refresh());
      if (lines.length > 0) {
        this.#append(lines);
        this.refresh();
      }
      return Promise.resolve(result);
    });
  }

  #append(lines: readonly TuneJournalLine[]): void {
    const descriptor = this.#open('a+')!;
    try {
      const text = lines.map(encodeLine).join('');
      const bytes = new TextEncoder().encode(this.#tornMark(descriptor) + text);
      // One write: on a local disk all of it is there or, after a crash, a part from the front.
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
      fsyncSync(descriptor);
    } catch (cause) {
      throw notWritable(this.#path, cause);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What comes before new lines where a dead writer left remains. */
  #tornMark(descriptor: number): string {
    const { size } = fstatSync(descriptor);
    if (size === this.#readBytes) return '';
    const last = new Uint8Array(1);
    readSync(descriptor, last, 0, 1, size - 1);
    return `${last[0] === NEWLINE ? '' : '\n'}${encodeLine({ type: 'torn' })}`;
  }

  #open(flags: 'r' | 'a+'): number | undefined {
    try {
      return openSync(this.#path, flags);
    } catch (cause) {
      if (flags === 'r' && systemErrorCode(cause) === 'ENOENT') return undefined;
      throw notWritable(this.#path, cause);
    }
  }
}

function countNewlines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
}

function notWritable(path: string, cause: unknown): OutputError {
  const code = systemErrorCode(cause);
  return new OutputError(
    'output_not_writable',
    `The journal ${path} cannot be read and written (${code ?? 'unknown reason'}); check the folder and its permissions.`,
    { cause },
  );
}
