/** One job from input to result, the same for every transport: check, fetch, run, render. */
import { InvalidInputError } from '../../../core/errors.ts';
import { describeFieldErrors, type JobOutput, parseJobInput } from '../../../sdk/contract/index.ts';
import { wordTimesMissing } from '../../../core/formats/annotations/ctm.ts';
import { fetchedRecordings } from './job-recording.ts';
import type { JobHooks, JobServices } from './job-services.ts';
import { findKeyedResult, keyedTarget, storeKeyedResult } from './keyed-result.ts';
import { checkOutputRequest, storeResult } from './render-files.ts';
import { type CheckedJob, runRecordings } from './run-recordings.ts';

/**
 * Runs a job of any task; its result, or where that was put when the job wants it elsewhere.
 *
 * Several recordings are worked off one after another; a failing one does not stop the others. A job fails as a whole
 * when it has one recording and that fails, or when it is stopped.
 *
 * @param value the job's input as it came, checked here
 * @throws SpeechError
 */
export async function runJob(value: unknown, services: JobServices, hooks: JobHooks): Promise<JobOutput> {
  return runCheckedJob(checkJob(value, services), services, hooks);
}

/** The same for a job that was checked already. */
export async function runCheckedJob(
  job: CheckedJob,
  services: JobServices,
  hooks: JobHooks,
): Promise<JobOutput> {
  const { input } = job;
  const { files } = services;
  const target = keyedTarget(input.output);
  const earlier = target && files && (await findKeyedResult(target, files, hooks));
  if (earlier !== undefined) return earlier;
  const complete = await runRecordings(job, fetchedRecordings(input, services), services, hooks);
  if (input.output?.inline !== false || files === undefined) return complete;
  if (target !== undefined) return storeKeyedResult(complete, target, files, hooks);
  return storeResult(complete, input.output, files, hooks);
}

/**
 * Checks what can be seen to be wrong before any audio is fetched.
 *
 * @throws InvalidInputError `invalid_option`; DependencyError `configuration_invalid`
 */
export function checkJob(value: unknown, services: Pick<JobServices, 'files'>): CheckedJob {
  const parsed = parseJobInput(value);
  if (!parsed.ok) {
    throw new InvalidInputError(
      'invalid_option',
      `The job is not valid: ${describeFieldErrors(parsed.errors)}.`,
      {
        details: { fields: parsed.errors.map(({ path }) => path) },
      },
    );
  }
  const { value: input, warnings } = parsed;
  checkOutputRequest(input.task, input.output, services);
  const isTimed = input.task !== 'transcribe' || input.options?.wordTimestamps !== false;
  if (!isTimed && input.output?.formats?.includes('ctm')) throw wordTimesMissing();
  return { input, warnings };
}
