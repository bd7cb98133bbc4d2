import { OutputError } from '../../../core/errors.ts';
import type { RunpodJob } from './job.ts';

/** Largest body of a result of `/run` and of `/runsync`; jobs of the latter have ids that begin with `sync-`. */
export const RUN_LIMIT_BYTES = 10_000_000;
export const RUN_SYNC_LIMIT_BYTES = 20_000_000;

/** Largest streamed value; the rest of the megabyte is its envelope. */
export const STREAM_CHUNK_LIMIT_BYTES = 1_000_000 - 1_000;

/** A value that is too large to be posted. */
export type OversizedValue = {
  readonly job: RunpodJob;
  /** The output (or the chunk) alone, as JSON text. */
  readonly json: string;
  /** Size of the whole body. */
  readonly bytes: number;
  readonly limitBytes: number;
  /** Aborted when nobody wants the job any more, or the worker has to end. */
  readonly signal: AbortSignal;
  /** Lets the next job start while this value takes long to be stored; does nothing while the handler still works. */
  readonly freePlace: () => void;
};

/** Puts a value somewhere else and returns the small output that says where. May throw: the job then fails. */
export type OversizedResult = (value: OversizedValue) => Promise<unknown>;

/** The limit that the platform has for the result of this job. */
export function resultLimitBytes(jobId: string): number {
  return jobId.startsWith('sync-') ? RUN_SYNC_LIMIT_BYTES : RUN_LIMIT_BYTES;
}

/** The error of a value that is too large where no storage is configured. */
export function oversizedError(
  bytes: number,
  limitBytes: number,
  what: 'result' | 'stream chunk',
): OutputError {
  return new OutputError(
    'output_too_large',
    `The ${what} of ${bytes} bytes is over the platform's limit of ${limitBytes} bytes. Ask for fewer or smaller ` +
      'outputs, or configure a bucket for large results on the worker.',
    { details: { bytes, limitBytes } },
  );
}

/** The error of a result that the platform did not take: its size is the likely reason, or not. */
export function refusedError(status: number, bytes: number): OutputError {
  const isTooLarge = status === 413 || bytes > RUN_LIMIT_BYTES / 2;
  return new OutputError(
    isTooLarge ? 'output_too_large' : 'output_not_writable',
    `The platform refused the result of ${bytes} bytes with HTTP ${status}.` +
      (isTooLarge
        ? ' Ask for fewer or smaller outputs, or configure a bucket for large results on the worker.'
        : ''),
    { details: { bytes, status } },
  );
}
