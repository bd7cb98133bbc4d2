import { STATUS_CODES } from 'node:http';
import type { ErrorCode, SpeechError } from '../../../core/errors.ts';
import { ERROR_MEANINGS } from '../../errors/error-mapping.ts';
import { errorBodyOf } from '../../work/jobs/error-body.ts';

/** Codes under which OpenAI's clients know a failure; ours otherwise. */
const OPENAI_CODES: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'invalid_api_key',
  model_unknown: 'model_not_found',
  rate_limited: 'rate_limit_exceeded',
};

/** What can be wrong with a recording, which forms call `file`. */
const ABOUT_FILES: ReadonlySet<ErrorCode> = new Set([
  'unsupported_audio',
  'corrupt_audio',
  'audio_too_short',
  'audio_too_long',
  'audio_too_large',
  'insufficient_speech',
  'poor_quality',
] as const);

/** Where a failure means another status at a server than its code says: the key of a request is not that of a store. */
export type ProblemOptions = {
  readonly requestId: string;
  /** @default that of the code */
  readonly status?: number;
};

/**
 * A failure as a reply: our error body, the members of RFC 9457, and the `error` object that OpenAI's clients read. It
 * is the one form that all of them show with text and code.
 */
export function problemReply(
  error: SpeechError,
  { requestId, status = statusOf(error) }: ProblemOptions,
): Response {
  const body = errorBodyOf(error, requestId);
  const [param] = fieldsOf(error);
  const problem = {
    type: `urn:colloquy:error:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    instance: `urn:colloquy:request:${requestId}`,
    ...body,
    error: {
      message: error.message,
      type: status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error',
      param: param ?? null,
      code: OPENAI_CODES[error.code] ?? error.code,
    },
  };
  return new Response(`${JSON.stringify(problem)}\n`, { status, headers: headersOf(error, status) });
}

/** Statuses that a server gives where a command or worker gives others. */
function statusOf({ code }: SpeechError): number {
  return code === 'model_unknown' ? 404 : ERROR_MEANINGS[code].httpStatus;
}

function headersOf({ details }: SpeechError, status: number): Record<string, string> {
  const { retryAfterSeconds, allow } = details;
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(typeof retryAfterSeconds === 'number' ? { 'retry-after': String(Math.ceil(retryAfterSeconds)) } : {}),
    ...(typeof allow === 'string' ? { allow } : {}),
  };
}

/** The first wrong field, as it is named in forms. */
function fieldsOf({ code, details }: SpeechError): readonly string[] {
  if (typeof details.option === 'string') return [details.option];
  if (Array.isArray(details.fields))
    return details.fields.map((field) => String(field).replace(/^options\./, ''));
  return ABOUT_FILES.has(code) ? ['file'] : [];
}
