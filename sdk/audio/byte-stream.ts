import { InvalidRequestError } from '../errors/errors.ts';
import { nodeBuiltin } from './node-runtime.ts';

/** Bytes that come one piece after the other: Node streams, web streams, generators. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/** The pieces of a stream; web streams of older browsers cannot be iterated. */
export async function* piecesOfStream(
  stream: ByteStream,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const iterator = Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : readerOf(stream);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = (await iterator.next()) as IteratorResult<unknown, unknown>;
      if (done === true) return;
      yield asBytes(value);
    }
  } finally {
    await iterator.return?.();
  }
}

function readerOf(stream: ReadableStream<Uint8Array>): AsyncIterator<unknown> {
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/** The bytes that a view shows, not copied. */
export function bytesOf(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

function asBytes(piece: unknown): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(piece)) return bytesOf(piece);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  throw new InvalidRequestError('invalid_option', `Expected a stream of bytes; got a ${typeof piece} in it.`);
}

/** A stream that was collected, and how to forget it. */
export type Spooled = { readonly blob: Blob; dispose(): Promise<void> };

type FileHandle = { write(bytes: Uint8Array): Promise<unknown>; close(): Promise<void> };
type NodeFs = {
  openAsBlob(path: string): Promise<Blob>;
  promises: {
    mkdtemp(prefix: string): Promise<string>;
    open(path: string, flags: string, mode: number): Promise<FileHandle>;
    rm(path: string, options: { recursive: boolean; force: boolean }): Promise<void>;
  };
};

/**
 * Collects a stream whose length nobody knows, so that it can be sent with its length: on the disk in Node, in a
 * Blob in browsers, which keep large ones on the disk too.
 */
export async function spoolUpload(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Spooled> {
  const fs = nodeBuiltin('node:fs') as NodeFs | undefined;
  const os = nodeBuiltin('node:os') as { tmpdir(): string } | undefined;
  if (fs === undefined || os === undefined)
    return { blob: await collect(pieces), dispose: () => Promise.resolve() };
  const folder = await fs.promises.mkdtemp(`${os.tmpdir()}/colloquy-upload-`);
  const dispose = (): Promise<void> => fs.promises.rm(folder, { recursive: true, force: true });
  try {
    const path = `${folder}/audio`;
    const file = await fs.promises.open(path, 'wx', 0o600);
    try {
      for await (const piece of pieces) await file.write(piece);
    } finally {
      await file.close();
    }
    return { blob: await fs.openAsBlob(path), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function collect(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of pieces) parts.push(piece);
  return new Blob(parts);
}
