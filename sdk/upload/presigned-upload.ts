import type { FetchFunction } from '../client/client-options.ts';
import type { AudioSource } from '../wire.ts';
import { putBlob } from './put-blob.ts';
import type { Upload } from './upload.ts';

/** One file that wants an address. */
export type PresignRequest = {
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly signal: AbortSignal;
};

/** Where the file goes, and where the worker finds it then. */
export type PresignedPut = {
  readonly uploadUrl: string;
  /** Headers that were signed with it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly audio: AudioSource;
};

/**
 * Uploads by a presigned PUT that your own backend makes: keys stay there, also when this runs in a browser.
 *
 * @example
 * presignedUpload(async ({ name, bytes }) => (await fetch('/api/presign', { method: 'POST', … })).json())
 */
export function presignedUpload(
  presign: (request: PresignRequest) => Promise<PresignedPut>,
  options: { readonly fetch?: FetchFunction } = {},
): Upload {
  return async (audio, { name, signal }) => {
    const contentType = audio.type === '' ? 'application/octet-stream' : audio.type;
    const target = await presign({ name, bytes: audio.size, contentType, signal });
    await putBlob(
      target.uploadUrl,
      target.headers ?? { 'content-type': contentType },
      audio,
      signal,
      options.fetch,
    );
    return target.audio;
  };
}
