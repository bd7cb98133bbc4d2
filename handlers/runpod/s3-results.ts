import { randomUUID } from 'node:crypto';
import { OutputError } from '../../core/errors.ts';
import type { S3Store } from '../s3/s3-store.ts';
import type { OversizedResult } from './oversized-result.ts';

/** The bucket for results that the platform will not carry. */
export type S3ResultOptions = {
  readonly bucket: string;
  /** Region, address and credentials; without them the AWS environment decides. */
  readonly store: S3Store;
  /** In front of every key, for instance `results/`. */
  readonly keyPrefix: string;
  /** How long the link in the result works. */
  readonly linkSeconds: number;
};

/** The output in place of a large one: where the real output can be fetched as JSON, and until when. */
export type StoredResult = {
  readonly storedResult: {
    readonly url: string;
    readonly bytes: number;
    readonly contentType: 'application/json';
    readonly expiresAt: string;
  };
};

/** Links last as long as those of the original worker's upload helper. */
const LINK_SECONDS = 7 * 24 * 3600;

/**
 * The variables of the original worker's upload helper, plus a name for the bucket and the region; `undefined` when
 * `BUCKET_NAME` is not set.
 */
export function parseS3ResultOptions(
  env: Readonly<Record<string, string | undefined>>,
): S3ResultOptions | undefined {
  const text = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const bucket = text('BUCKET_NAME');
  if (bucket === undefined) return undefined;
  const region = text('BUCKET_REGION');
  const endpoint = text('BUCKET_ENDPOINT_URL');
  const accessKeyId = text('BUCKET_ACCESS_KEY_ID');
  const secretAccessKey = text('BUCKET_SECRET_ACCESS_KEY');
  return {
    bucket,
    store: {
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(accessKeyId === undefined || secretAccessKey === undefined
        ? {}
        : { credentials: { accessKeyId, secretAccessKey } }),
    },
    keyPrefix: text('BUCKET_KEY_PREFIX') ?? 'colloquy-results/',
    linkSeconds: LINK_SECONDS,
  };
}

/**
 * Uploads large outputs and answers with a presigned link.
 *
 * The function that it returns throws OutputError `output_not_writable`, without key or address, when the store
 * does not take the object.
 */
export function storeResultsInS3(options: S3ResultOptions): OversizedResult {
  const store = lazily(() => openStore(options));
  return async ({ job, json }): Promise<StoredResult> => {
    const body = Buffer.from(json, 'utf8');
    const key = `${options.keyPrefix}${job.id.replace(/[^\w-]/g, '_')}/${randomUUID()}.json`;
    try {
      const { put, link } = await store();
      await put(key, body);
      const expiresAt = new Date(Date.now() + options.linkSeconds * 1000).toISOString();
      const url = await link(key);
      return { storedResult: { url, bytes: body.byteLength, contentType: 'application/json', expiresAt } };
    } catch (error) {
      throw new OutputError(
        'output_not_writable',
        `The result of ${body.byteLength} bytes could not be stored (${reasonOf(error)}). Check the bucket, the ` +
          'region and the credentials of the worker.',
        { details: { bytes: body.byteLength } },
      );
    }
  };
}

type Store = {
  readonly put: (key: string, body: Buffer) => Promise<unknown>;
  readonly link: (key: string) => Promise<string>;
};

/** The AWS client takes a quarter of a second to load: only for a worker that has a result too large. */
async function openStore(options: S3ResultOptions): Promise<Store> {
  const [{ GetObjectCommand, PutObjectCommand }, { getSignedUrl }, { createS3Client }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
    import('../s3/s3-client.ts'),
  ]);
  const client = createS3Client({ store: options.store, connectTimeoutMs: 5_000, headersTimeoutMs: 60_000 });
  const address = (key: string): { Bucket: string; Key: string } => ({ Bucket: options.bucket, Key: key });
  return {
    put: (key, body) =>
      client.send(new PutObjectCommand({ ...address(key), Body: body, ContentType: 'application/json' })),
    link: (key) =>
      getSignedUrl(client, new GetObjectCommand(address(key)), { expiresIn: options.linkSeconds }),
  };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Name of the error of the store: a fixed word such as `AccessDenied`, never its text. */
function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  return /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown error';
}
