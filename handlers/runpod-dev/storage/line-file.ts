import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

const BLOCK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** A file that grows line by line; a line is there whole or not at all. */
export class LineFile {
  readonly #file: number;
  #bytes = 0;
  #isDirty = false;

  /** @param path of a file that is not there yet */
  constructor(path: string) {
    this.#file = openSync(path, 'wx', 0o600);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a line; it is with the kernel then.
   *
   * @throws the error of the disk; what was written of the line is taken back
   */
  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`, 'utf8');
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#bytes + done);
      }
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += bytes.length;
    this.#isDirty = true;
  }

  /** Puts all lines on the disk. */
  flush(): void {
    if (!this.#isDirty) return;
    fdatasyncSync(this.#file);
    this.#isDirty = false;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads a file line by line, a block at a time. What stands behind the last line break was cut short and is left out. */
export function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    let rest: Buffer[] = [];
    for (;;) {
      const count = readSync(file, block);
      if (count === 0) return;
      let start = 0;
      for (let end = block.indexOf(NEWLINE); end >= 0 && end < count; end = block.indexOf(NEWLINE, start)) {
        yield Buffer.concat([...rest, block.subarray(start, end)]).toString('utf8');
        rest = [];
        start = end + 1;
      }
      rest.push(Buffer.from(block.subarray(start, count)));
    }
  } finally {
    closeSync(file);
  }
}

/** Puts a folder on the disk: the names in it. */
export function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
