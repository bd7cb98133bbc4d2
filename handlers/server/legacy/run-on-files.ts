import type { JobResult, Task } from '../../../sdk/contract/index.ts';
import type { FormFile } from '../http/read-form.ts';
import type { JobSubmission } from '../http/submission.ts';
import { keepUploads } from '../http/uploads.ts';
import { checkSubmission } from '../routes/jobs.ts';
import { runAndForget } from '../routes/tasks.ts';
import type { ServerContext } from '../server-context.ts';

/** A task on uploaded files, with our options. */
export type FileWork = {
  readonly task: Task;
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: readonly FormFile[];
  readonly owner: string;
};

/**
 * Makes a job of uploads: options are checked first, so that nothing is kept of what is refused.
 *
 * @throws InvalidInputError `invalid_option`
 */
export async function submissionOfFiles(
  { task, options, files, owner }: FileWork,
  context: ServerContext,
): Promise<JobSubmission> {
  const input = { task, options };
  checkSubmission({ input, sources: files.map(() => ({})) }, context, owner);
  return { input, owner, ...(await keepUploads(files, owner, context.recordings)) };
}

/** Waits for the result and keeps nothing; a client that goes away ends the work. */
export async function runOnFiles(
  work: FileWork,
  context: ServerContext,
  signal: AbortSignal,
): Promise<JobResult> {
  return runAndForget(await submissionOfFiles(work, context), context, signal);
}
