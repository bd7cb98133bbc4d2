import { NOT_STARTED, type JobRecord } from '../queue/job-record.ts';
import type { Totals } from '../queue/job-counts.ts';
import type { Payload, StoredPayload } from './payload.ts';

/** A job as a line holds it: payloads by text or by file, streamed values in lines of their own. */
type StoredJob = Omit<JobRecord, 'input' | 'output' | 'error' | 'chunks'> & {
  readonly input?: StoredPayload;
  readonly output?: StoredPayload;
  readonly error?: StoredPayload;
};

/** One line: a job as it is now, one more streamed value, all streamed values fetched, its end, or what was counted. */
export type JournalLine =
  | { readonly put: StoredJob; readonly drained?: true; readonly totals?: Totals }
  | { readonly chunk: StoredPayload; readonly of: string }
  | { readonly drop: string }
  | { readonly totals: Totals };

/** What the lines of a journal add up to. */
export type JournalState = { readonly jobs: Map<string, JobRecord>; totals: Totals | undefined };

/** Applies one line. A job whose payload cannot be found is left out, and named. */
export function applyLine(
  state: JournalState,
  line: JournalLine,
  find: (stored: StoredPayload) => Payload | undefined,
  onLost: (jobId: string) => void,
): void {
  const { jobs } = state;
  if ('totals' in line) state.totals = line.totals;
  if ('drop' in line) jobs.delete(line.drop);
  else if ('of' in line) {
    const job = jobs.get(line.of);
    const chunk = find(line.chunk);
    if (job !== undefined && chunk !== undefined) job.chunks.push(chunk);
  } else if ('put' in line) {
    const { input, output, error, ...rest } = line.put;
    const chunks = line.drained === true ? [] : (jobs.get(rest.id)?.chunks ?? []);
    const found = [input, output, error].map((stored) => stored && find(stored));
    const isLost = [input, output, error].some((stored, index) => stored !== undefined && !found[index]);
    jobs.delete(rest.id);
    if (isLost) onLost(rest.id);
    // JSON has no undefined: what is absent is that.
    else
      jobs.set(rest.id, { ...ABSENT, ...rest, input: found[0], output: found[1], error: found[2], chunks });
  }
}

const ABSENT = { ...NOT_STARTED, webhook: undefined, identity: undefined };

/** The lines that bring a job back. */
export function* journalLinesOf(job: JobRecord): Generator<string> {
  yield putLine(job);
  for (const chunk of job.chunks) yield chunkLine(job.id, chunk);
}

/** A job as it is now. Without streamed values: those that are there stay, unless there are none. */
export function putLine({ chunks, ...job }: JobRecord, totals?: Totals): string {
  return JSON.stringify({ put: job, ...(chunks.length === 0 ? { drained: true } : {}), totals });
}

export function chunkLine(jobId: string, chunk: Payload): string {
  return JSON.stringify({ chunk, of: jobId });
}
