import { createReadStream, openSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** A payload in the journal: its text, or the name of its file. */
export type StoredPayload = { readonly json: string } | { readonly file: string; readonly bytes: number };

/** JSON text of a job that may be large: its input, its output, one streamed value. In memory or in a file. */
export class Payload {
  readonly bytes: number;
  readonly #text: Buffer | undefined;
  readonly #path: string;
  readonly #file: string;

  private constructor(bytes: number, text: Buffer | undefined, path: string, file: string) {
    this.bytes = bytes;
    this.#text = text;
    this.#path = path;
    this.#file = file;
  }

  static inMemory(json: string): Payload {
    const text = Buffer.from(json, 'utf8');
    return new Payload(text.byteLength, text, '', '');
  }

  /** @param file its name, by which the journal knows it */
  static inFile(path: string, file: string, bytes: number): Payload {
    return new Payload(bytes, undefined, path, file);
  }

  /** The name of its file; undefined for one in memory. */
  get file(): string | undefined {
    return this.#text === undefined ? this.#file : undefined;
  }

  /** The text, or a stream of it: from a file that is open, so that it is there to the end. */
  read(): Uint8Array | Readable {
    return this.#text ?? createReadStream('', { fd: openSync(this.#path, 'r') });
  }

  toJSON(): StoredPayload {
    return this.#text === undefined
      ? { file: this.#file, bytes: this.bytes }
      : { json: this.#text.toString('utf8') };
  }
}
