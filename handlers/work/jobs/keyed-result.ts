/** Results that go under a key that the job names: of several jobs with one key, one result is kept. */
import type { JobResult, OutputRequest, StoredResult } from '../../../sdk/contract/index.ts';
import type { S3ResultOptions } from '../s3/s3-result-options.ts';
import type { FoundObject, StoringHooks } from '../s3/s3-result-store.ts';
import { openTargetStore } from './file-store.ts';
import type { JobHooks } from './job-services.ts';

const CONTENT_TYPE = 'application/json';

/** The key that a job wants its result under, and where. */
export type KeyedTarget = NonNullable<OutputRequest['s3']> & { readonly key: string };

/** `undefined` where the job names no key. */
export function keyedTarget(output: OutputRequest | undefined): KeyedTarget | undefined {
  const s3 = output?.s3;
  return s3?.key === undefined ? undefined : { ...s3, key: s3.key };
}

/**
 * The result that lies there already, of a job that must not replace it: no work is left then.
 *
 * @throws OutputError `output_not_writable` where it cannot be found out, or where something else lies there
 */
export async function findKeyedResult(
  target: KeyedTarget,
  files: S3ResultOptions,
  hooks: JobHooks,
): Promise<StoredResult | undefined> {
  if (target.ifAbsent !== true) return undefined;
  const store = await openTargetStore(files, target);
  const found = await store.find(target, storingHooks(hooks));
  return found && storedResult(found);
}

/**
 * Puts a result under the key of its job; where another one was first, and shall stay, the address of that one.
 *
 * @throws OutputError `output_not_writable`
 */
export async function storeKeyedResult(
  result: JobResult,
  target: KeyedTarget,
  files: S3ResultOptions,
  hooks: JobHooks,
): Promise<StoredResult> {
  const store = await openTargetStore(files, target);
  const { bucket, key, ifAbsent = false } = target;
  const bytes = Buffer.from(JSON.stringify(result));
  const object = { bucket, key, mediaType: CONTENT_TYPE, bytes };
  if (ifAbsent) return storedResult(await store.putIfAbsent(object, storingHooks(hooks)));
  return storedResult({ ...(await store.put(object, storingHooks(hooks))), bytes: bytes.length });
}

function storedResult({ url, bytes, expiresAt }: FoundObject): StoredResult {
  return { storedResult: { url, bytes, contentType: CONTENT_TYPE, expiresAt } };
}

function storingHooks({ signal, onSlowDelivery }: JobHooks): StoringHooks {
  return { signal, onSlow: onSlowDelivery };
}
