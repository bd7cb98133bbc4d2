import { classifyAudio, type AudioInput, type ClassifiedAudio } from './audio-input.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { piecesOfStream, spoolUpload, type ByteStream } from './byte-stream.ts';
import { AudioUnavailableError, InvalidRequestError, PayloadTooLargeError } from '../errors/errors.ts';
import type { Upload } from '../upload/upload.ts';
import type { AudioSource } from '../wire.ts';

/** How audio gets to the worker. */
export type Carriage = {
  /** Bytes that all recordings of a job may take together inside it. */
  readonly inlineBytes: number;
  readonly upload: Upload | undefined;
  readonly signal: AbortSignal;
  /** Called before and after an upload. */
  readonly onUpload?: ((doneBytes: number, totalBytes: number) => void) | undefined;
};

function tooLarge(limitBytes: number, bytes: number | undefined): PayloadTooLargeError {
  const size = bytes === undefined ? 'more' : `${bytes} bytes`;
  return new PayloadTooLargeError(
    'audio_too_large',
    `Expected audio of at most ${limitBytes} bytes inside a job; got ${size}. Give the client an upload ` +
      '(presignedUpload or s3Upload), or pass a URL or { s3 } that the worker can read.',
    { details: { limitBytes, ...(bytes === undefined ? {} : { bytes }) } },
  );
}

function inline(bytes: Uint8Array): AudioSource {
  if (bytes.length === 0) throw new InvalidRequestError('invalid_option', 'Expected audio; got 0 bytes.');
  return { base64: encodeBase64(bytes) };
}

/** A Blob that stands for a file cannot be read any more once that file is changed or removed. */
async function readBlob(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new AudioUnavailableError('file_not_readable', 'The audio file changed while it was read.', {
      cause,
    });
  }
}

async function uploadBlob(blob: Blob, name: string, carriage: Carriage): Promise<AudioSource> {
  if (carriage.upload === undefined) throw tooLarge(carriage.inlineBytes, blob.size);
  carriage.onUpload?.(0, blob.size);
  const source = await carriage.upload(blob, { name, signal: carriage.signal });
  carriage.onUpload?.(blob.size, blob.size);
  return source;
}

/** The pieces already read, then the rest. */
async function* resumed(
  read: readonly Uint8Array<ArrayBuffer>[],
  rest: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield* read;
  yield* rest;
}

/** Reads no more of a stream than fits inside the job; only when there is more is it collected and uploaded. */
async function carryStream(
  stream: ByteStream,
  roomBytes: number,
  carriage: Carriage,
): Promise<[AudioSource, number]> {
  const pieces = piecesOfStream(stream, carriage.signal);
  const read: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    while (bytes <= roomBytes) {
      const next = await pieces.next();
      if (next.done === true) return [inline(new Uint8Array(await new Blob(read).arrayBuffer())), bytes];
      read.push(next.value);
      bytes += next.value.length;
    }
    if (carriage.upload === undefined) throw tooLarge(carriage.inlineBytes, undefined);
    const spooled = await spoolUpload(resumed(read, pieces));
    try {
      return [await uploadBlob(spooled.blob, 'audio', carriage), 0];
    } finally {
      await spooled.dispose();
    }
  } finally {
    await pieces.return(undefined);
  }
}

/** The source for the job, and how many bytes of it are inside the job. */
async function carry(
  audio: ClassifiedAudio,
  roomBytes: number,
  carriage: Carriage,
): Promise<[AudioSource, number]> {
  if (audio.kind === 'stream') return carryStream(audio.stream, roomBytes, carriage);
  if (audio.kind === 'blob') {
    if (audio.blob.size > roomBytes) return [await uploadBlob(audio.blob, audio.name, carriage), 0];
    return [inline(await readBlob(audio.blob)), audio.blob.size];
  }
  if (!('base64' in audio.source)) return [audio.source, 0];
  const bytes = Math.floor((audio.source.base64.length * 3) / 4);
  if (bytes <= roomBytes) return [audio.source, bytes];
  const decoded = carriage.upload === undefined ? undefined : decodeBase64(audio.source.base64);
  if (decoded === undefined) throw tooLarge(carriage.inlineBytes, bytes);
  return [await uploadBlob(new Blob([decoded]), 'audio', carriage), 0];
}

/**
 * Brings recordings into the form that a job holds: small ones inside it, larger ones uploaded, addresses as they are.
 *
 * @throws PayloadTooLargeError `audio_too_large` without an upload; what `classifyAudio` and the upload throw
 */
export async function carryAudio(inputs: readonly AudioInput[], carriage: Carriage): Promise<AudioSource[]> {
  const sources: AudioSource[] = [];
  let roomBytes = carriage.inlineBytes;
  for (const input of inputs) {
    carriage.signal.throwIfAborted();
    const [source, insideBytes] = await carry(await classifyAudio(input), roomBytes, carriage);
    roomBytes -= insideBytes;
    sources.push(source);
  }
  return sources;
}
