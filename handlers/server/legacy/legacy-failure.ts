import type { SpeechError } from '../../../core/errors.ts';
import { serverFailure } from '../operation/free-disk.ts';
import { problemReply } from '../http/problem.ts';

/** A failure, and what a reply says of it whatever its body is like. */
export type LegacyFailure = {
  readonly failure: SpeechError;
  readonly status: number;
  /** `Retry-After` and the like, without the type of the body. */
  readonly headers: Headers;
};

/** What our own error reply says of a failure, for replies that write it in the words of another system. */
export function legacyFailure(error: unknown, requestId: string): LegacyFailure {
  const failure = serverFailure(error);
  const { status, headers } = problemReply(failure, { requestId });
  headers.delete('content-type');
  return { failure, status, headers };
}
