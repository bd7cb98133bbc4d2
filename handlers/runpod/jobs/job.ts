/** A job as the platform delivers it; fields besides these two are passed through to the handler. */
export type RunpodJob<Input = unknown> = {
  readonly id: string;
  readonly input: Input;
  readonly [field: string]: unknown;
};

export type ParsedJobs = {
  readonly jobs: readonly RunpodJob[];
  /** Why items were left out, one line each; a bad item hurts only itself. */
  readonly refused: readonly string[];
};

/**
 * Reads the body of a job-take reply: one object, or a list of them (also where one job was asked for).
 *
 * An id that is a number becomes text; items without a usable id cannot be answered and are left out. An item
 * without `input` is a job: its handler says what is missing, so that the caller hears it.
 */
export function parseJobs(body: unknown): ParsedJobs {
  const items = Array.isArray(body) ? (body as unknown[]) : body === null ? [] : [body];
  const jobs: RunpodJob[] = [];
  const refused: string[] = [];
  for (const item of items) {
    const job = parseJob(item);
    if (typeof job === 'string') refused.push(job);
    else jobs.push(job);
  }
  return { jobs, refused };
}

function parseJob(item: unknown): RunpodJob | string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'A job must be a JSON object.';
  const fields = item as Record<string, unknown>;
  const id = typeof fields.id === 'number' ? String(fields.id) : fields.id;
  if (typeof id !== 'string' || id === '') return 'A job must have an id that is text.';
  return { ...fields, id, input: fields.input };
}

/** `[batchId=…] ` in front of log lines of a batch job. */
export function logPrefix(job: RunpodJob): string {
  return typeof job.batchId === 'string' ? `[batchId=${job.batchId}] ` : '';
}
