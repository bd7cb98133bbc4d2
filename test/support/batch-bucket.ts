import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { S3BatchStore } from '../../handlers/batch/store/s3-batch-store.ts';
import { createAudioFetcher } from '../../handlers/work/fetch-audio/index.ts';
import { createS3Client } from '../../handlers/work/s3/s3-client.ts';
import type { S3Store } from '../../handlers/work/s3/s3-store.ts';
import { REAL_S3_KEYS } from './real-s3.ts';

/** A bucket of a real S3 server, seen by whoever checks, and by a batch over a line of its own. */
export class BatchBucket {
  readonly name: string;
  readonly client: S3Client;
  readonly #url: string;

  private constructor(url: string, name: string) {
    this.#url = url;
    this.name = name;
    this.client = clientOf(this.s3Of(url));
  }

  static async create(url: string, name: string): Promise<BatchBucket> {
    const bucket = new BatchBucket(url, name);
    await bucket.client.send(new CreateBucketCommand({ Bucket: name }));
    return bucket;
  }

  /** The server, with keys to it. */
  s3Of(endpoint = this.#url): S3Store & { readonly endpoint: string } {
    return { endpoint, region: 'us-east-1', credentials: REAL_S3_KEYS };
  }

  /** As a batch opens it. @param url another line to the server */
  store(url = this.#url): S3BatchStore {
    const s3 = this.s3Of(url);
    const fetcher = createAudioFetcher({ s3 });
    return new S3BatchStore(clientOf(s3), this.name, {
      endpoint: s3.endpoint,
      hasAtomicCreate: true,
      download: (bucket, key) => ({
        open: async (signal) => {
          const fetched = await fetcher.fetch({ s3: { bucket, key } }, signal);
          return { audio: { path: fetched.path, name: key }, dispose: () => fetched.dispose() };
        },
      }),
    });
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  async text(key: string): Promise<string> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    return Body!.transformToString();
  }

  /** All keys, in their order. */
  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.store().list(prefix, new AbortController().signal))
      keys.push(...page.map(({ key }) => key));
    return keys;
  }
}

function clientOf(store: S3Store): S3Client {
  return createS3Client({ store, maxAttempts: 1, connectTimeoutMs: 5_000, silenceTimeoutMs: 10_000 });
}
