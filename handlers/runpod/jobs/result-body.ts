import { toStrictJson } from './strict-json.ts';

/** Body of a job-done request. `error` is always text: anything else would be reported as COMPLETED. */
export type ResultBody = {
  output?: unknown;
  error?: string;
  /** Asks the platform to stop this worker. */
  stopPod?: true;
};

/**
 * Turns what a handler returned into a result body.
 *
 * Objects lose their keys `error` and `refresh_worker`: a truthy `error` fails the job, as text, beside what is left
 * as output; a truthy `refresh_worker` becomes `stopPod`. An object with nothing left has no output. Every other
 * value is the output as it is; `undefined` counts as null.
 */
export function resultBody(returned: unknown): ResultBody {
  if (!isObject(returned)) return { output: returned ?? null };
  if (!('error' in returned) && !('refresh_worker' in returned)) {
    return Object.keys(returned).length === 0 ? {} : { output: returned };
  }
  const { error, refresh_worker: refresh, ...output } = returned;
  const body: ResultBody = {};
  if (Object.keys(output).length > 0) body.output = output;
  if (error) body.error = errorAsText(error);
  if (refresh) body.stopPod = true;
  return body;
}

/** The error that a streamed value carries, as text; `undefined` when it carries none. */
export function chunkError(value: unknown): string | undefined {
  return isObject(value) && value.error ? errorAsText(value.error) : undefined;
}

/** True when a streamed value asks for a fresh worker. */
export function chunkAsksForRefresh(value: unknown): boolean {
  return isObject(value) && Boolean(value.refresh_worker);
}

function errorAsText(error: unknown): string {
  if (typeof error === 'string') return error;
  try {
    return toStrictJson(error);
  } catch {
    return 'The handler reported an error that is not JSON.';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
