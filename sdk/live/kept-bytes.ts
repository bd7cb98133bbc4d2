/** Bytes that were sent and that the server may not have: to be sent again over a new connection. */
export class KeptBytes {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** Place of the first kept byte in the whole stream. */
  #start = 0;
  #end = 0;

  /** Bytes of the stream so far. */
  get end(): number {
    return this.#end;
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#chunks.push(chunk);
    this.#end += chunk.length;
  }

  /** The server has everything before this byte. */
  forget(before: number): void {
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined || this.#start + first.length > before) return;
      this.#chunks.shift();
      this.#start += first.length;
    }
  }

  /** Everything from a byte on; undefined where some of it is gone. */
  from(byte: number): Uint8Array<ArrayBuffer>[] | undefined {
    if (byte < this.#start || byte > this.#end) return undefined;
    let start = this.#start;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (const chunk of this.#chunks) {
      if (start + chunk.length > byte) parts.push(chunk.subarray(Math.max(0, byte - start)));
      start += chunk.length;
    }
    return parts;
  }
}
