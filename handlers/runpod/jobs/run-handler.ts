import type { ErrorDescription } from '../error-text.ts';
import type { JobContext, JobHandler } from './handler.ts';
import type { RunpodJob } from './job.ts';
import {
  oversizedError,
  resultLimitBytes,
  STREAM_CHUNK_LIMIT_BYTES,
  type OversizedResult,
} from './oversized-result.ts';
import { chunkAsksForRefresh, chunkError, resultBody, type ResultBody } from './result-body.ts';
import { toStrictJson } from './strict-json.ts';

export type RunHandlerOptions = {
  readonly handler: JobHandler;
  readonly aggregateStream: boolean;
  /** Every result asks for a fresh worker. */
  readonly refreshWorker: boolean;
  readonly oversizedResult: OversizedResult | undefined;
  readonly describeError: (error: unknown, jobId: string) => ErrorDescription;
  readonly errorText: (description: ErrorDescription) => string;
  /** Sends one streamed value; resolves when there is room for the next. */
  readonly sendChunk: (valueJson: string) => Promise<void>;
};

/** What is posted when a job is over. */
export type FinalResult = { readonly json: string; readonly isStream: boolean; readonly stopPod: boolean };

/** Runs the handler on one job and makes the body of its final result; never rejects. */
export async function runHandler(
  job: RunpodJob,
  context: JobContext,
  options: RunHandlerOptions,
): Promise<FinalResult> {
  let isStream = false;
  let body: ResultBody;
  try {
    const returned: unknown = await options.handler(job, context);
    isStream = isIterator(returned);
    body = isIterator(returned) ? await runStream(job, returned, context, options) : resultBody(returned);
    if (options.refreshWorker) body.stopPod = true;
    const json = await limitSize(job, body, context, options);
    return { json, isStream, stopPod: body.stopPod === true };
  } catch (error) {
    const failed: ResultBody = { error: options.errorText(options.describeError(error, job.id)) };
    if (options.refreshWorker) failed.stopPod = true;
    return { json: JSON.stringify(failed), isStream, stopPod: options.refreshWorker };
  }
}

async function runStream(
  job: RunpodJob,
  values: AnyIterator,
  context: JobContext,
  options: RunHandlerOptions,
): Promise<ResultBody> {
  const all: unknown[] = [];
  const body: ResultBody = {};
  try {
    for (;;) {
      const step = await values.next();
      if (step.done === true) {
        const returned = resultBody(step.value);
        body.output = options.aggregateStream ? all : [];
        return step.value === undefined ? body : { ...body, ...returned };
      }
      if (context.signal.aborted) return body;
      await options.sendChunk(await limitChunk(job, step.value, context, options));
      if (options.aggregateStream) all.push(step.value);
      if (chunkAsksForRefresh(step.value)) body.stopPod = true;
      const error = chunkError(step.value);
      if (error !== undefined) return { ...body, error };
    }
  } finally {
    await values.return?.();
  }
}

async function limitSize(
  job: RunpodJob,
  body: ResultBody,
  { signal, freePlace }: JobContext,
  options: RunHandlerOptions,
): Promise<string> {
  const json = toStrictJson(body);
  const limitBytes = resultLimitBytes(job.id);
  const bytes = Buffer.byteLength(json);
  if (bytes <= limitBytes) return json;
  if (options.oversizedResult === undefined) throw oversizedError(bytes, limitBytes, 'result');
  const outputJson = toStrictJson(body.output);
  const output = await options.oversizedResult({
    job,
    json: outputJson,
    bytes,
    limitBytes,
    signal,
    freePlace,
  });
  return smallEnough(toStrictJson({ ...body, output }), limitBytes, 'result');
}

async function limitChunk(
  job: RunpodJob,
  value: unknown,
  { signal }: JobContext,
  options: RunHandlerOptions,
): Promise<string> {
  const json = toStrictJson(value);
  const bytes = Buffer.byteLength(json);
  if (bytes <= STREAM_CHUNK_LIMIT_BYTES) return json;
  if (options.oversizedResult === undefined)
    throw oversizedError(bytes, STREAM_CHUNK_LIMIT_BYTES, 'stream chunk');
  const stored = await options.oversizedResult({
    job,
    json,
    bytes,
    limitBytes: STREAM_CHUNK_LIMIT_BYTES,
    signal,
    freePlace: () => undefined,
  });
  return smallEnough(toStrictJson(stored), STREAM_CHUNK_LIMIT_BYTES, 'stream chunk');
}

function smallEnough(json: string, limitBytes: number, what: 'result' | 'stream chunk'): string {
  if (Buffer.byteLength(json) > limitBytes) throw oversizedError(Buffer.byteLength(json), limitBytes, what);
  return json;
}

type AnyIterator = {
  next(): IteratorResult<unknown, unknown> | Promise<IteratorResult<unknown, unknown>>;
  return?(): unknown;
};

/** Generators and other iterators; lists, text and sets are values, not streams. */
function isIterator(value: unknown): value is AnyIterator {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Partial<AnyIterator>;
  return typeof candidate.next === 'function' && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
