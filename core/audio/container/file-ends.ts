import type { FileHandle } from 'node:fs/promises';

/** Enough for the headers of a container. */
const HEAD_BYTES = 4096;

/** Longer than the longest page of Ogg, twice. */
const TAIL_BYTES = 131_072;

/** The start and the end of a file: what tells whether all of it is there. */
export type FileEnds = {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly sizeBytes: number;
};

/** Of an open file. */
export async function readFileEnds(handle: FileHandle, sizeBytes: number): Promise<FileEnds> {
  const head = await readAt(handle, 0, Math.min(HEAD_BYTES, sizeBytes));
  const tailBytes = Math.min(TAIL_BYTES, sizeBytes);
  return { head, tail: await readAt(handle, sizeBytes - tailBytes, tailBytes), sizeBytes };
}

/** So many bytes from a place; fewer at the end of the file. */
export async function readAt(handle: FileHandle, position: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await handle.read(bytes, filled, count - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The ends of a stream that passes by. */
export class PassingEnds {
  #head: Uint8Array = new Uint8Array(0);
  #tail: Uint8Array = new Uint8Array(0);
  #sizeBytes = 0;

  get ends(): FileEnds {
    return { head: this.#head, tail: this.#tail, sizeBytes: this.#sizeBytes };
  }

  /** The same chunks; their bytes are copied as far as they are kept. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#sizeBytes += chunk.length;
      if (this.#head.length < HEAD_BYTES) this.#head = joined(this.#head, chunk).slice(0, HEAD_BYTES);
      this.#tail =
        chunk.length >= TAIL_BYTES
          ? chunk.slice(chunk.length - TAIL_BYTES)
          : joined(this.#tail.subarray(Math.max(0, this.#tail.length + chunk.length - TAIL_BYTES)), chunk);
      yield chunk;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
