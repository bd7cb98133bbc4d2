import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { OutputError, throwIfAborted } from '../../../core/errors.ts';
import { systemClock, type Clock } from '../../../core/net/clock.ts';
import {
  deliver,
  DELIVERY_SCHEDULE,
  type DeliverySchedule,
  type DeliveryTry,
} from '../../../core/net/deliver.ts';
import { loadS3Packages, type S3Packages } from './load-s3-packages.ts';
import { failedS3Try } from './s3-delivery.ts';
import { factsOfS3Error } from './s3-errors.ts';
import type { S3ResultOptions } from './s3-result-options.ts';

/** Where an object can be fetched by whoever has the link, and until when. */
export type ObjectLink = { readonly url: string; readonly expiresAt: string };

/** Where an object is. */
export type ObjectAddress = { readonly bucket: string; readonly key: string };

/** An object that is there. */
export type FoundObject = ObjectLink & { readonly bytes: number };

/** An object that shall be stored. */
export type StoredBytes = ObjectAddress & {
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
   * Links to a result that was stored under a key; `undefined` where nothing is.
   *
   * @throws OutputError `output_not_writable` as `put` does, and where the object is no result of ours: nobody gets a
   * link to what he could not read otherwise
   */
  find(address: ObjectAddress, hooks?: StoringHooks): Promise<FoundObject | undefined>;
  /**
   * The same as `put` where nothing is under the key; else links to the result that is there. Two that write at once
   * get the link to one object.
   *
   * @throws OutputError `output_not_writable`
   */
  putIfAbsent(object: StoredBytes, hooks?: StoringHooks): Promise<FoundObject>;
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

/** Marks our results: what is under the key of a job may be anything. */
const RESULT_MARK = { 'colloquy-result': '1' };

/** Statuses of what is not there: whoever may not list a bucket is refused then. */
const NOTHING_TO_SEE: ReadonlySet<number | undefined> = new Set([403, 404]);

/**
 * Opens the store. The AWS client takes a quarter of a second to load: only for a worker that stores something.
 *
 * @throws DependencyError `dependency_missing` where its packages are not installed
 */
export async function openS3ResultStore(options: S3ResultStoreOptions): Promise<S3ResultStore> {
  return new OpenedResultStore(options, await loadS3Packages());
}

class OpenedResultStore implements S3ResultStore {
  readonly #options: S3ResultStoreOptions;
  readonly #packages: S3Packages;
  readonly #client: S3Client;

  constructor(options: S3ResultStoreOptions, packages: S3Packages) {
    this.#options = options;
    this.#packages = packages;
    this.#client = packages.createS3Client({
      store: options.store,
      policy: options.policy,
      // Tries are ours. One client for all of them: it remembers how far the clock of this machine is off.
      maxAttempts: 1,
      connectTimeoutMs: 5_000,
      silenceTimeoutMs: options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS,
    });
  }

  async put(object: StoredBytes, hooks: StoringHooks = {}): Promise<ObjectLink> {
    await this.#store(object, {}, hooks);
    return this.#linkTo(object);
  }

  async putIfAbsent(object: StoredBytes, hooks: StoringHooks = {}): Promise<FoundObject> {
    const isStored = await this.#store(object, { IfNoneMatch: '*' }, hooks);
    if (isStored) return { ...(await this.#linkTo(object)), bytes: object.bytes.length };
    const found = await this.find(object, hooks);
    if (found !== undefined) return found;
    throw new OutputError(
      'output_not_writable',
      'Another job was first under output.s3.key, and this worker may not read its result. Give its credentials the right to.',
      { retryable: false },
    );
  }

  async find(address: ObjectAddress, hooks: StoringHooks = {}): Promise<FoundObject | undefined> {
    const bytes = await this.#patiently<number | 'foreign' | undefined>(
      (signal) => this.#sizeOfResult(address, signal),
      (error) =>
        NOTHING_TO_SEE.has(factsOfS3Error(error).status)
          ? { kind: 'delivered', value: undefined }
          : undefined,
      hooks,
      'Whether there is a result under output.s3.key could not be found out',
    );
    if (bytes === undefined) return undefined;
    if (bytes !== 'foreign') return { ...(await this.#linkTo(address)), bytes };
    throw new OutputError(
      'output_not_writable',
      'Under output.s3.key lies an object that is no result of a job. Name another key, or remove that object.',
      { retryable: false },
    );
  }

  /** @returns false where something is there, and the condition forbids to replace it */
  #store(
    object: StoredBytes,
    condition: { readonly IfNoneMatch?: '*' },
    hooks: StoringHooks,
  ): Promise<boolean> {
    return this.#patiently<boolean>(
      async (signal) => {
        await this.#write(object, condition, signal);
        return true;
      },
      (error) => (factsOfS3Error(error).status === 412 ? { kind: 'delivered', value: false } : undefined),
      hooks,
      `A result of ${object.bytes.length} bytes could not be stored`,
      { bytes: object.bytes.length },
    );
  }

  async #write(
    object: StoredBytes,
    condition: { readonly IfNoneMatch?: '*' },
    signal: AbortSignal,
  ): Promise<void> {
    // With its digest the store takes the object whole and right, or not at all.
    const digest = createHash('md5').update(object.bytes).digest('base64');
    const command = new this.#packages.PutObjectCommand({
      Bucket: object.bucket,
      Key: object.key,
      Body: object.bytes,
      ContentType: object.mediaType,
      ContentMD5: digest,
      Metadata: RESULT_MARK,
      ...condition,
    });
    await this.#client.send(command, { abortSignal: signal });
  }

  async #sizeOfResult({ bucket, key }: ObjectAddress, signal: AbortSignal): Promise<number | 'foreign'> {
    const command = new this.#packages.HeadObjectCommand({ Bucket: bucket, Key: key });
    const { Metadata = {}, ContentLength = 0 } = await this.#client.send(command, { abortSignal: signal });
    return Metadata['colloquy-result'] === RESULT_MARK['colloquy-result'] ? ContentLength : 'foreign';
  }

  async #linkTo({ bucket, key }: ObjectAddress): Promise<ObjectLink> {
    const { getSignedUrl, timeAtStore, GetObjectCommand } = this.#packages;
    const { linkSeconds } = this.#options;
    const signingDate = timeAtStore(this.#client);
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    return {
      url: await getSignedUrl(this.#client, command, { expiresIn: linkSeconds, signingDate }),
      expiresAt: new Date(signingDate.getTime() + linkSeconds * 1000).toISOString(),
    };
  }

  /**
   * Sends again and again, on the schedule of posting.
   *
   * @param ended what an error means that is an answer
   */
  async #patiently<T>(
    send: (signal: AbortSignal) => Promise<T>,
    ended: (error: unknown) => DeliveryTry<T> | undefined,
    { signal = new AbortController().signal, onSlow }: StoringHooks,
    failed: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<T> {
    throwIfAborted(signal);
    const attempt = async (): Promise<DeliveryTry<T>> => {
      try {
        return { kind: 'delivered', value: await send(signal) };
      } catch (error) {
        return ended(error) ?? failedS3Try(error);
      }
    };
    const { schedule = DELIVERY_SCHEDULE, clock = systemClock } = this.#options;
    const outcome = await deliver(attempt, { schedule, clock, signal, onSlow });
    if (outcome.kind === 'delivered') return outcome.value;
    throwIfAborted(signal);
    throw new OutputError(
      'output_not_writable',
      `${failed} (${outcome.reason}, ${outcome.attempts} tries). Check the bucket, the region and what the credentials may do.`,
      { details: { ...details, attempts: outcome.attempts }, retryable: outcome.passing },
    );
  }
}
