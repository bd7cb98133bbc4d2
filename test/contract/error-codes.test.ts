import { expect, test } from 'vitest';
import { ERROR_MEANINGS } from '../../handlers/errors/error-mapping.ts';
import { ERROR_CODES, isRetryableCode } from '../../sdk/contract/index.ts';

test('the contract and the handlers agree on which failures can pass by themselves', () => {
  const byHandlers = ERROR_CODES.filter((code) => ERROR_MEANINGS[code].retryable);
  expect(ERROR_CODES.filter(isRetryableCode)).toEqual(byHandlers);
});
