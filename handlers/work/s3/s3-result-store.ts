import { createHash } from 'node:crypto';
import { OutputError, throwIfAborted } from '../../../core/errors.ts';
import { systemClock, type Clock } from '../../../core/net/clock.ts';
import {
  deliver,
  DELIVERY_SCHEDULE,
  type DeliverySchedule,
  type DeliveryTry,
} from '../../../core/net/deliver.ts';
import { loadS3Packages } from './load-s3-packages.ts';
import { failedS3Try } from './s3-delivery.ts';
import type { S3ResultOptions } from './s3-result-options.ts';

/** Where an object can be fetched by whoever has the link, and until when. */
export type ObjectLink = { readonly url: string; readonly expiresAt: string };

/** An object that shall be stored. */
export type StoredBytes = {
  readonly bucket: string;
  readonly key: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
};

/** While an object is on its way. */
export type StoringHooks = {
  readonly signal?: AbortSignal | undefined;
  /** The store does not take it for the moment; it is tried again, for up to ten minutes. May be called again. */
  readonly onSlow?: (() => void) | undefined;
};

/** A store, as results need it. */
export type S3ResultStore = {
  /**
   * Puts an object and links to it: the work is done, so it is tried again on the schedule of posting.
   *
   * @throws OutputError `output_not_writable`, retryable where the last failure was one that passes; without bucket,
   * key, address or the words of the store, nor are they in a cause, since the store's error holds the whole request
   */
  put(object: StoredBytes, hooks?: StoringHooks): Promise<ObjectLink>;
};

export type S3ResultStoreOptions = Pick<S3ResultOptions, 'store' | 'linkSeconds' | 'policy'> & {
  /** @default 60,000 ms */
  readonly silenceTimeoutMs?: number | undefined;
  readonly schedule?: DeliverySchedule | undefined;
  readonly clock?: Clock | undefined;
};

const SILENCE_TIMEOUT_MS = 60_000;

/**
 * Opens the store. The AWS client takes a quarter of a second to load: only for a worker that stores something.
 *
 * @throws DependencyError `dependency_missing` where its packages are not installed
 */
export async function openS3ResultStore(options: S3ResultStoreOptions): Promise<S3ResultStore> {
  const { store, linkSeconds, policy, clock = systemClock } = options;
  const { createS3Client, timeAtStore, GetObjectCommand, PutObjectCommand, getSignedUrl } =
    await loadS3Packages();
  const client = createS3Client({
    store,
    policy,
    // Tries are ours. One client for all of them: it remembers how far the clock of this machine is off.
    maxAttempts: 1,
    connectTimeoutMs: 5_000,
    silenceTimeoutMs: options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS,
  });

  async function put(object: StoredBytes, signal: AbortSignal): Promise<ObjectLink> {
    const address = { Bucket: object.bucket, Key: object.key };
    // With its digest the store takes the object whole and right, or not at all.
    const digest = createHash('md5').update(object.bytes).digest('base64');
    const command = new PutObjectCommand({
      ...address,
      Body: object.bytes,
      ContentType: object.mediaType,
      ContentMD5: digest,
    });
    await client.send(command, { abortSignal: signal });
    const signingDate = timeAtStore(client);
    const link = { expiresIn: linkSeconds, signingDate };
    return {
      url: await getSignedUrl(client, new GetObjectCommand(address), link),
      expiresAt: new Date(signingDate.getTime() + linkSeconds * 1000).toISOString(),
    };
  }

  return {
    put: async (object, { signal = new AbortController().signal, onSlow } = {}) => {
      throwIfAborted(signal);
      const attempt = (): Promise<DeliveryTry<ObjectLink>> =>
        put(object, signal).then((value) => ({ kind: 'delivered', value }), failedS3Try);
      const outcome = await deliver(attempt, {
        schedule: options.schedule ?? DELIVERY_SCHEDULE,
        clock,
        signal,
        onSlow,
      });
      if (outcome.kind === 'delivered') return outcome.value;
      throwIfAborted(signal);
      throw new OutputError(
        'output_not_writable',
        `A result of ${object.bytes.length} bytes could not be stored (${outcome.reason}, ${outcome.attempts} tries). ` +
          'Check the bucket, the region and what the credentials may do.',
        {
          details: { bytes: object.bytes.length, attempts: outcome.attempts },
          retryable: outcome.passing,
        },
      );
    },
  };
}
