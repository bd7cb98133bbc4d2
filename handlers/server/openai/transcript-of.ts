import { assert } from '../../../core/errors.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import type { JobResult } from '../../../sdk/contract/index.ts';

/** The transcript of a job that was asked for one: a recording that failed alone fails its job. */
export function transcriptOf(output: JobResult): TranscriptResult {
  const [outcome] = output.task === 'transcribe' ? output.results : [];
  assert(outcome !== undefined && 'result' in outcome, 'A transcription gave no transcript.');
  return outcome.result;
}
