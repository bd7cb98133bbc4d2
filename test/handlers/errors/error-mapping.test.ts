import { describe, expect, it } from 'vitest';
import { ERROR_CODES, InputUnavailableError } from '../../../core/errors.ts';
import { deserializeError, serializeError } from '../../../core/serialized-error.ts';
import { ERROR_MEANINGS, EXIT_CODES, isRetryable } from '../../../handlers/errors/error-mapping.ts';

describe('ERROR_MEANINGS', () => {
  it('has a failure status and a failure exit code for every code', () => {
    expect(Object.keys(ERROR_MEANINGS).sort()).toEqual([...ERROR_CODES].sort());
    const exitCodes = new Set<number>(Object.values(EXIT_CODES));
    for (const [code, { httpStatus, exitCode }] of Object.entries(ERROR_MEANINGS)) {
      expect(httpStatus, code).toBeGreaterThanOrEqual(400);
      expect(httpStatus, code).toBeLessThan(600);
      expect(exitCodes.has(exitCode) && exitCode !== EXIT_CODES.ok, code).toBe(true);
    }
  });

  it('tells callers to retry only what the same request can survive', () => {
    const retryable = Object.entries(ERROR_MEANINGS).filter(([, { retryable }]) => retryable);
    for (const [code, { httpStatus }] of retryable) {
      expect(httpStatus >= 500 || httpStatus === 429 || code === 'audio_unreachable', code).toBe(true);
    }
  });
});

describe('isRetryable', () => {
  it('is what the error knows, else what its code means; also after a process border', () => {
    const usual = new InputUnavailableError('audio_unreachable', 'Cut.');
    const lasting = new InputUnavailableError('audio_unreachable', 'Not there.', { retryable: false });
    expect([usual, lasting].map(isRetryable)).toEqual([true, false]);
    expect([usual, lasting].map((error) => isRetryable(deserializeError(serializeError(error))))).toEqual([
      true,
      false,
    ]);
  });
});
