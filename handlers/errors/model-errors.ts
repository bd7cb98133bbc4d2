import {
  CanceledError,
  DependencyError,
  InputUnavailableError,
  ModelError,
  OutputError,
  type SpeechError,
} from '../../core/errors.ts';
import { ModelStoreError } from '../../models/model-store-error.ts';

/** An error of the model store in the words of the one taxonomy: same code, message and details. */
export function speechErrorOf(error: ModelStoreError): SpeechError {
  const options = { details: error.details, cause: error, retryable: error.retryable };
  switch (error.code) {
    case 'canceled':
      return new CanceledError(error.message, options);
    case 'output_not_writable':
      return new OutputError(error.code, error.message, options);
    case 'file_not_readable':
      return new InputUnavailableError(error.code, error.message, options);
    case 'configuration_invalid':
      return new DependencyError(error.code, error.message, options);
    case 'model_unknown':
    case 'model_missing':
    case 'model_checksum_mismatch':
    case 'model_download_failed':
      return new ModelError(error.code, error.message, options);
  }
}

/** Runs work on the model store; its errors come out as `SpeechError`s. */
export async function withModelErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ModelStoreError ? speechErrorOf(error) : error;
  }
}
