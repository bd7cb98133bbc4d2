import { expect, test } from 'vitest';
import { ERROR_CODES as CORE_CODES } from '../../core/errors.ts';
import { ERROR_CODES } from '../../sdk/contract/index.ts';

test('the contract lists the error codes of the core, in the same order', () => {
  expect(ERROR_CODES).toEqual(CORE_CODES);
});
