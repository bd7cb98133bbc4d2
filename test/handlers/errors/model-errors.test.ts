import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../core/errors.ts';
import { speechErrorOf, withModelErrors } from '../../../handlers/errors/model-errors.ts';
import { MODEL_STORE_ERROR_CODES, ModelStoreError } from '../../../models/model-store-error.ts';

describe('errors of the model store', () => {
  it.each(MODEL_STORE_ERROR_CODES)('keep their code, message and details: %s', (code) => {
    const error = new ModelStoreError(code, 'What happened.', { details: { id: 'small' }, retryable: false });
    const speechError = speechErrorOf(error);
    expect(isSpeechError(speechError)).toBe(true);
    expect(speechError).toMatchObject({
      code,
      message: 'What happened.',
      details: { id: 'small' },
      retryable: false,
      cause: error,
    });
  });

  it('come out of the work as SpeechErrors; all others stay as they are', async () => {
    const missing = withModelErrors(() => Promise.reject(new ModelStoreError('model_missing', 'Gone.')));
    await expect(missing).rejects.toMatchObject({ name: 'ModelError', code: 'model_missing' });
    const other = new TypeError('a bug');
    await expect(withModelErrors(() => Promise.reject(other))).rejects.toBe(other);
    await expect(withModelErrors(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
