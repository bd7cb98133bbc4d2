import { ColloquyError, PayloadTooLargeError } from '../errors/errors.ts';
import { importOptional } from '../audio/node-runtime.ts';
import { randomId } from '../random-id.ts';
import { putBlob } from './put-blob.ts';
import type { Upload } from './upload.ts';

/** A bucket for audio on its way to the worker. */
export type S3UploadOptions = {
  readonly bucket: string;
  /** @default us-east-1 */
  readonly region?: string;
  /** Base URL of a store that is not AWS; path-style addresses are used then. @default AWS */
  readonly endpoint?: string;
  /** Start of the keys. @default `colloquy/` */
  readonly prefix?: string;
  /** @default the AWS environment's */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** How long the worker may take to fetch it. @default 24 hours */
  readonly expiresInSeconds?: number;
  /** `url` (a presigned address, for workers without credentials) or `s3`. @default 'url' */
  readonly reference?: 'url' | 's3';
};

/** S3 takes at most this much in one PUT. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
const DAY_SECONDS = 86_400;

/** The parts of the AWS packages that are used; they are loaded at the first upload. */
type ObjectCommand = new (input: { readonly Bucket: string; readonly Key: string }) => unknown;
type S3Module = {
  readonly S3Client: new (config: Readonly<Record<string, unknown>>) => unknown;
  readonly PutObjectCommand: ObjectCommand;
  readonly GetObjectCommand: ObjectCommand;
};
type PresignerModule = {
  getSignedUrl(client: unknown, command: unknown, options: { expiresIn: number }): Promise<string>;
};

function clientConfig(options: S3UploadOptions): Record<string, unknown> {
  return {
    region: options.region ?? 'us-east-1',
    // Checksums that only AWS knows upset other stores (aws-sdk-js-v3 #6810).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}

/** Signs addresses of one object. */
type Signer = { sign(method: 'put' | 'get', expiresIn: number): Promise<string> };

/**
 * @throws ColloquyError `dependency_missing`. The function that it returns throws `configuration_invalid`, without the
 * error of the AWS packages: it may hold anything of the request and the credentials.
 */
async function openSigner(
  options: S3UploadOptions,
  address: { readonly Bucket: string; readonly Key: string },
): Promise<Signer> {
  const packages = [importOptional('@aws-sdk/client-s3'), importOptional('@aws-sdk/s3-request-presigner')];
  const [s3, presigner] = (await Promise.all(packages).catch(() => {
    throw new ColloquyError(
      'dependency_missing',
      'Expected @aws-sdk/client-s3 and @aws-sdk/s3-request-presigner for uploads to S3: install both.',
    );
  })) as [S3Module, PresignerModule];
  const client = new s3.S3Client(clientConfig(options));
  const commands = { put: s3.PutObjectCommand, get: s3.GetObjectCommand };
  return {
    sign: (method, expiresIn) =>
      presigner.getSignedUrl(client, new commands[method](address), { expiresIn }).catch((error: unknown) => {
        const { name } = error as Error;
        throw new ColloquyError(
          'configuration_invalid',
          `The address for the upload could not be signed (${name}): give s3Upload credentials, or set them in the ` +
            'AWS environment.',
        );
      }),
  };
}

/**
 * Uploads to S3 or a store like it, for Node: needs `@aws-sdk/client-s3` and `@aws-sdk/s3-request-presigner`. Keys
 * hold a random id, never the name of the file. Old files are the bucket's business: give it a lifecycle rule.
 *
 * The upload throws PayloadTooLargeError; ColloquyError `dependency_missing`, `configuration_invalid`;
 * ConnectionError `remote_failed`.
 */
export function s3Upload(options: S3UploadOptions): Upload {
  return async (audio, { signal }) => {
    if (audio.size > MAX_PUT_BYTES) {
      throw new PayloadTooLargeError(
        'audio_too_large',
        `Expected at most ${MAX_PUT_BYTES} bytes; got ${audio.size}.`,
      );
    }
    const address = { Bucket: options.bucket, Key: `${options.prefix ?? 'colloquy/'}${randomId()}` };
    const signer = await openSigner(options, address);
    await putBlob(await signer.sign('put', DAY_SECONDS), {}, audio, signal);
    if (options.reference !== 's3') {
      return { url: await signer.sign('get', options.expiresInSeconds ?? DAY_SECONDS) };
    }
    const { region, endpoint } = options;
    return {
      s3: {
        bucket: address.Bucket,
        key: address.Key,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
      },
    };
  };
}
