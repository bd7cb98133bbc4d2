import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../core/errors.ts';
import { MODEL_STORE_ERROR_CODES } from '../../models/model-store-error.ts';

describe('codes of the model store', () => {
  it('are codes of the one taxonomy', () => {
    expect(ERROR_CODES).toEqual(expect.arrayContaining([...MODEL_STORE_ERROR_CODES]));
  });
});
