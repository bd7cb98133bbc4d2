import { PythonFloat, type PythonValue } from '../../../../core/formats/writing/python-json.ts';
import type { SpeechError } from '../../../../core/errors.ts';
import { ERROR_MEANINGS } from '../../../errors/error-mapping.ts';
import { legacyFailure } from '../legacy-failure.ts';
import { fastApiReply } from '../python-replies.ts';

/** What the service's documentation says stands in every success. */
export function measured(
  { durationSeconds, provider }: { readonly durationSeconds: number; readonly provider: string },
  startedAtMs: number,
): Record<string, PythonValue> {
  return {
    processing_time: new PythonFloat(secondsSince(startedAtMs)),
    audio_duration: new PythonFloat(durationSeconds),
    model_device: provider,
  };
}

/** To milliseconds. */
export function secondsSince(startedAtMs: number): number {
  return Math.round(performance.now() - startedAtMs) / 1000;
}

/** Numbers as Python's floats. */
export function floats(values: readonly number[]): PythonValue {
  return values.map((value) => new PythonFloat(value));
}

/** A failure as the documentation of the service writes it. */
export function analysisFailure(error: unknown, requestId: string): Response {
  const { failure, status, headers } = legacyFailure(error, requestId);
  // FastAPI calls a wrong field 422.
  return fastApiReply(analysisError(failure), status === 400 ? 422 : status, headers);
}

/** `{detail, error_type, timestamp}`. */
export function analysisError(failure: SpeechError): Readonly<Record<string, PythonValue>> {
  return {
    detail: failure.message,
    error_type: errorTypeOf(failure),
    timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
  };
}

function errorTypeOf({ code }: SpeechError): 'ValidationError' | 'ProcessingError' | 'ModelError' {
  if (/^(model|provider)_/.test(code)) return 'ModelError';
  return ERROR_MEANINGS[code].httpStatus < 500 && code !== 'canceled' ? 'ValidationError' : 'ProcessingError';
}
