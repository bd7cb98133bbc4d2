import { InputUnavailableError, InvalidInputError, RequestError } from '../../../core/errors.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import type { JobResult } from '../../../sdk/contract/index.ts';

/** The result of one recording; its failure is the failure of the request. */
export function recordingResult(output: JobResult, index: number): DiarizationResult | TranscriptResult {
  const outcome = output.results[index];
  if (outcome === undefined) {
    throw new InputUnavailableError(
      'not_found',
      `The job has ${output.results.length} results, counted from 0.`,
    );
  }
  if ('error' in outcome)
    throw new RequestError('conflict', `This recording failed: ${outcome.error.message}`);
  if (!('turns' in outcome.result)) {
    throw new InvalidInputError('invalid_option', `Results of ${output.task} have no files.`);
  }
  return outcome.result;
}
