import type { JobServices } from './job-services.ts';
import { checkJob } from './run-job.ts';
import type { CheckedJob } from './run-recordings.ts';

/** Stands for a recording that is already here, or comes another way: a job is checked as a whole, its audio included. */
const PLACEHOLDER = { url: 'https://colloquy.invalid/' };

/**
 * Checks a job whose recordings do not stand in it: `runRecordings` gets those beside it.
 *
 * @param job the job without `audio`
 * @param count how many recordings it has
 * @throws InvalidInputError `invalid_option`
 */
export function checkJobWithoutAudio(
  job: Readonly<Record<string, unknown>>,
  count: number,
  services: Pick<JobServices, 'files'>,
): CheckedJob {
  const audio = count === 1 ? PLACEHOLDER : Array.from({ length: count }, () => PLACEHOLDER);
  return checkJob({ ...job, audio }, services);
}
