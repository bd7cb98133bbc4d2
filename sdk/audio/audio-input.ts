import type { AudioSource, S3Location } from '../wire.ts';
import { AudioUnavailableError, InvalidRequestError } from '../errors/errors.ts';
import { bytesOf, type ByteStream } from './byte-stream.ts';
import { nodeBuiltin } from './node-runtime.ts';

/**
 * Audio in any form: a path (Node), a URL, `s3://bucket/key`, a data URI, bytes, a Blob or File, a stream, or what
 * the wire knows: `{ url }`, `{ base64 }`, `{ s3 }`. Containers of any kind; the worker decodes.
 */
export type AudioInput =
  | string
  | URL
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | ByteStream
  | { readonly url: string }
  | { readonly base64: string }
  | { readonly s3: S3Location }
  | { readonly path: string };

/** Audio that is somewhere already, bytes of known length, or a stream. */
export type ClassifiedAudio =
  | { readonly kind: 'source'; readonly source: AudioSource }
  | {
      readonly kind: 'blob';
      readonly blob: Blob;
      readonly name: string;
      /** Where a file of this machine lies. */
      readonly path?: string;
    }
  | { readonly kind: 'stream'; readonly stream: ByteStream };

type NodeFs = {
  openAsBlob(path: string): Promise<Blob>;
  promises: { stat(path: string): Promise<{ isFile(): boolean }> };
};
type NodeUrl = { fileURLToPath(url: URL): string };

const DEFAULT_NAME = 'audio';

/** The last part of a path, for people who look into the bucket. */
function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? DEFAULT_NAME;
}

/** A file on this machine as a Blob that reads from the disk when it is read. */
async function openPath(path: string): Promise<ClassifiedAudio> {
  const fs = nodeBuiltin('node:fs') as NodeFs | undefined;
  if (fs === undefined) {
    throw new InvalidRequestError(
      'invalid_option',
      'Expected audio as Blob, File, bytes, stream or URL; a path works in Node only.',
    );
  }
  try {
    if (!(await fs.promises.stat(path)).isFile())
      throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    return { kind: 'blob', blob: await fs.openAsBlob(path), name: nameOf(path), path };
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    if (code === 'ENOENT')
      throw new AudioUnavailableError('file_not_found', `There is no file ${path}.`, { cause });
    throw new AudioUnavailableError(
      'file_not_readable',
      `The file ${path} cannot be read (${code ?? 'unknown'}).`,
      {
        cause,
      },
    );
  }
}

function fromS3Url(text: string): ClassifiedAudio {
  const match = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text);
  if (match === null) throw new InvalidRequestError('invalid_option', 'Expected s3://bucket/key.');
  return { kind: 'source', source: { s3: { bucket: match[1]!, key: match[2]! } } };
}

function fromText(text: string): ClassifiedAudio | Promise<ClassifiedAudio> {
  if (/^https?:\/\//i.test(text)) return { kind: 'source', source: { url: text } };
  if (/^s3:\/\//i.test(text)) return fromS3Url(text);
  if (/^data:/i.test(text)) return { kind: 'source', source: { base64: text } };
  if (/^file:/i.test(text)) return fromUrl(new URL(text));
  if (text === '') throw new InvalidRequestError('invalid_option', 'Expected audio; got an empty text.');
  return openPath(text);
}

function fromUrl(url: URL): ClassifiedAudio | Promise<ClassifiedAudio> {
  if (url.protocol !== 'file:') return fromText(url.href);
  return openPath((nodeBuiltin('node:url') as NodeUrl | undefined)?.fileURLToPath(url) ?? url.pathname);
}

function isStream(value: object): value is ByteStream {
  return Symbol.asyncIterator in value || 'getReader' in value;
}

/**
 * Finds out what a caller gave us. Nothing is read here but the size of a file.
 *
 * @throws InvalidRequestError `invalid_option`; AudioUnavailableError `file_not_found`, `file_not_readable`
 */
export async function classifyAudio(audio: AudioInput): Promise<ClassifiedAudio> {
  if (typeof audio === 'string') return fromText(audio);
  if (typeof (audio as unknown) !== 'object' || (audio as unknown) === null) {
    throw new InvalidRequestError('invalid_option', 'Expected audio; got something else, or nothing.');
  }
  if (audio instanceof URL) return fromUrl(audio);
  if (audio instanceof Blob) {
    return { kind: 'blob', blob: audio, name: 'name' in audio ? nameOf(String(audio.name)) : DEFAULT_NAME };
  }
  if (audio instanceof ArrayBuffer) return { kind: 'blob', blob: new Blob([audio]), name: DEFAULT_NAME };
  if (ArrayBuffer.isView(audio)) {
    return { kind: 'blob', blob: new Blob([bytesOf(audio)]), name: DEFAULT_NAME };
  }
  if (isStream(audio)) return { kind: 'stream', stream: audio };
  if ('path' in audio) return openPath(audio.path);
  if ('url' in audio || 'base64' in audio || 's3' in audio) return { kind: 'source', source: audio };
  throw new InvalidRequestError(
    'invalid_option',
    'Expected audio as path, URL, bytes, Blob, stream, { url }, { base64 } or { s3 }.',
  );
}
