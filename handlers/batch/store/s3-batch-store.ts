import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { defined } from '../../../core/defined.ts';
import { RemoteError, type SpeechError } from '../../../core/errors.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import type { JobRecording } from '../../work/jobs/job-recording.ts';
import { timeAtStore } from '../../work/s3/s3-client.ts';
import { reasonOfS3Error, s3Error } from '../../work/s3/s3-errors.ts';
import {
  InputReplaced,
  type BatchStore,
  type BucketPlace,
  type StoredObject,
  type VersionedObject,
} from './batch-store.ts';
import { retryStoreCall } from './retry-store-call.ts';

/** How the bytes of a recording become a file here; see `AudioFetcher`. */
export type ObjectDownload = (bucket: string, key: string) => JobRecording;

/** A bucket as a store. */
export class S3BatchStore implements BatchStore {
  readonly name: string;
  readonly hasAtomicCreate: boolean;
  readonly bucket: BucketPlace;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #download: ObjectDownload;

  /** @param options whether the store honours `If-None-Match`: see `hasAtomicCreate` of probe-store.ts */
  constructor(
    client: S3Client,
    bucket: string,
    options: {
      readonly endpoint?: string | undefined;
      readonly region?: string | undefined;
      readonly hasAtomicCreate: boolean;
      readonly download: ObjectDownload;
    },
  ) {
    this.#client = client;
    this.#bucket = bucket;
    this.bucket = { bucket, ...defined({ endpoint: options.endpoint, region: options.region }) };
    this.#download = options.download;
    this.hasAtomicCreate = options.hasAtomicCreate;
    this.name =
      options.endpoint === undefined ? `s3://${bucket}` : `s3://${new URL(options.endpoint).host}/${bucket}`;
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<readonly StoredObject[]> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        // Keys with control characters cannot stand in XML.
        EncodingType: 'url',
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await this.#call(() => this.#client.send(command, { abortSignal: signal }), signal);
      yield (page.Contents ?? []).flatMap(({ Key, Size, ETag }) =>
        Key === undefined
          ? []
          : [
              {
                key: decodeListed(Key),
                sizeBytes: Size ?? 0,
                ...(ETag === undefined ? {} : { version: unquoted(ETag) }),
              },
            ],
      );
      if (page.NextContinuationToken !== undefined && page.NextContinuationToken === token) {
        throw new RemoteError(
          'remote_failed',
          'The store gives the same page of its listing again and again; try later.',
        );
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async head(key: string, signal: AbortSignal): Promise<VersionedObject | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    const reply = await this.#call(
      () => this.#client.send(command, { abortSignal: signal }),
      signal,
      isAbsent,
    );
    if (reply === undefined) return undefined;
    return { key, sizeBytes: reply.ContentLength ?? 0, version: unquoted(reply.ETag ?? '') };
  }

  async read(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    return this.#call(
      async () => (await this.#client.send(command, { abortSignal: signal })).Body!.transformToByteArray(),
      signal,
      isAbsent,
    );
  }

  /**
   * After a reply that was lost, or 409 of two writers at once, what is there decides; our own object that was
   * written before its reply was lost counts as somebody else's, which comes to the same.
   */
  async create(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<boolean> {
    if (!this.hasAtomicCreate && (await this.head(key, signal)) !== undefined) return false;
    const condition = this.hasAtomicCreate ? { IfNoneMatch: '*' } : {};
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ContentType: contentType,
      ...condition,
    });
    const reply = await this.#call(
      () => this.#client.send(command, { abortSignal: signal }),
      signal,
      (error) => statusOf(error) === 412,
    );
    return reply !== undefined;
  }

  async write(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ContentType: contentType,
    });
    await this.#call(() => this.#client.send(command, { abortSignal: signal }), signal);
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
    await this.#call(() => this.#client.send(command, { abortSignal: signal }), signal, isAbsent);
  }

  recording(object: VersionedObject): JobRecording {
    return {
      open: async (signal) => {
        const opened = await this.#download(this.#bucket, object.key).open(signal);
        const now = await this.head(object.key, signal);
        if (now?.version === object.version) return opened;
        await opened.dispose();
        throw new InputReplaced();
      },
    };
  }

  async addressOf({ key }: VersionedObject, seconds: number): Promise<string> {
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
    return getSignedUrl(this.#client, command, {
      expiresIn: seconds,
      signingDate: timeAtStore(this.#client),
    });
  }

  #call<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T>;
  #call<T>(
    send: () => Promise<T>,
    signal: AbortSignal,
    isNothing: (error: unknown) => boolean,
  ): Promise<T | undefined>;
  async #call<T>(
    send: () => Promise<T>,
    signal: AbortSignal,
    isNothing: (error: unknown) => boolean = () => false,
  ): Promise<T | undefined> {
    return retryStoreCall(
      async () => {
        try {
          return await send();
        } catch (error) {
          if (isNothing(error)) return undefined;
          throw error;
        }
      },
      { signal, mayPass, describe },
    );
  }
}

function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined ? s3Error(error) === undefined : status === 409 || isRetryableStatus(status);
}

function describe(error: unknown): SpeechError {
  return (
    s3Error(error) ??
    new RemoteError(
      'remote_failed',
      `The S3 store cannot be reached (${reasonOfS3Error(error)}). Try again later.`,
      {
        details: { reason: reasonOfS3Error(error) },
      },
    )
  );
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** No object of this name. A missing bucket is a fault. */
function isAbsent(error: unknown): boolean {
  const { name } = error as { name?: string };
  return statusOf(error) === 404 && name !== 'NoSuchBucket';
}

function unquoted(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function decodeListed(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
