import type { AudioOf, RequestOf } from './job-request.ts';
import type { WaitOptions } from './job.ts';
import type { Task } from '../wire.ts';

/** Everything that one call may say besides its audio: options of the task, limits, who hears of progress. */
export type CallOptions<T extends Task> = Omit<RequestOf<T>, 'audio'> & WaitOptions;

/** A call taken apart: what is asked for, and how long the caller waits for it. */
export type TakenCall<T extends Task> = { readonly request: RequestOf<T>; readonly wait: WaitOptions };

/** `call(audio, options)`, or `call({ audio, … }, limits)`. */
export function takeCall<T extends Task>(
  first: AudioOf<T> | RequestOf<T>,
  second: CallOptions<T> | WaitOptions | undefined,
): TakenCall<T> {
  if (isRequest(first)) return { request: first, wait: second ?? {} };
  const { signal, timeoutMs, onProgress, ...options } = second ?? {};
  return {
    request: { ...options, audio: first } as unknown as RequestOf<T>,
    wait: { signal, timeoutMs, onProgress },
  };
}

/** No form of audio has a field `audio`. */
function isRequest<T extends Task>(first: AudioOf<T> | RequestOf<T>): first is RequestOf<T> {
  // `null` comes from callers without types; what audio may be is checked later.
  return typeof first === 'object' && (first as unknown) !== null && 'audio' in first;
}
