/** One job from input to result, the same for every transport: check, fetch, run, render. */
import { InvalidInputError, throwIfAborted } from '../../../core/errors.ts';
import type { DiarizationResult, Utterance } from '../../../core/result/result.ts';
import {
  type AudioSource,
  describeFieldErrors,
  type JobInput,
  type JobOutput,
  type JobResult,
  parseJobInput,
  type ResultWarning,
  SCHEMA_VERSION,
  type Task,
} from '../../../sdk/contract/index.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { againAfterCrash, onceAcrossAttempts } from './again-after-crash.ts';
import { errorBodyOf } from './error-body.ts';
import type { JobHooks, JobServices } from './job-services.ts';
import { checkOutputRequest, renderFiles, storeResult } from './render-files.ts';
import { runnerOf, TASK_RUNNERS } from './tasks.ts';

/** A job that may be run, and what its author should know about it. */
type CheckedJob = { readonly input: JobInput; readonly warnings: readonly ResultWarning[] };

/** The outcome of one recording, in the form of the contract. */
type Outcome = Record<string, unknown> & { readonly index: number };

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
  const { input, warnings } = checkJob(value, services);
  const groups = recordingsOf(input);
  const results: Outcome[] = [];
  for (const [index, sources] of groups.entries()) {
    throwIfAborted(hooks.signal);
    try {
      results.push(await runOne(input, sources, index, services, hooks));
    } catch (error) {
      if (groups.length === 1 || hooks.signal.aborted) throw error;
      const failure = errorBodyOf(toSpeechError(error), hooks.requestId);
      results.push({ index, error: failure });
      hooks.onEvent?.({ schemaVersion: SCHEMA_VERSION, type: 'error', index, error: failure });
    }
  }
  const { idempotencyKey, metadata } = input;
  const result = {
    schemaVersion: SCHEMA_VERSION,
    task: input.task,
    results,
    warnings,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  // Each runner gives what the contract says of its task; test/handlers/jobs parses results with the schema.
  const complete = result as unknown as JobResult;
  if (input.output?.inline !== false || services.files === undefined) return complete;
  return storeResult(complete, input.output, services.files, hooks);
}

function checkJob(value: unknown, services: JobServices): CheckedJob {
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
  if (runnerOf(input) === undefined) {
    const served = Object.keys(TASK_RUNNERS).join(', ');
    throw new InvalidInputError(
      'invalid_option',
      `This worker does not serve ${input.task}; it serves ${served}.`,
      {
        details: { task: input.task },
      },
    );
  }
  checkOutputRequest(input.task, input.output, services);
  return { input, warnings };
}

/** The recordings of each result: one each, or the two of a comparison. */
function recordingsOf(input: JobInput): (readonly AudioSource[])[] {
  if (input.task === 'compare') return [input.audio];
  const sources: readonly AudioSource[] = Array.isArray(input.audio)
    ? (input.audio as readonly AudioSource[])
    : [input.audio as AudioSource];
  return sources.map((source) => [source]);
}

async function runOne(
  input: JobInput,
  sources: readonly AudioSource[],
  index: number,
  services: JobServices,
  hooks: JobHooks,
): Promise<Outcome> {
  const onProgress = (stage: string, done: number, total: number | null): void => {
    hooks.progress({ schemaVersion: SCHEMA_VERSION, type: 'progress', index, stage, done, total });
  };
  onProgress('fetch', 0, null);
  const fetched = await fetchAll(sources, services, hooks.signal);
  try {
    const paths = fetched.map(({ path }) => path);
    const { signal } = hooks;
    const call = { input, paths, services, signal, onProgress };
    const attempt = onceAcrossAttempts<Utterance>((utterance) =>
      hooks.onEvent?.({ schemaVersion: SCHEMA_VERSION, type: 'utterance', index, utterance }),
    );
    const work = () => runnerOf(input)!({ ...call, onUtterance: attempt() });
    const result = await againAfterCrash(work, signal);
    if (input.output?.formats === undefined) return { index, result };
    const files = await renderFiles(result as DiarizationResult, index, input.output, services, hooks);
    return { index, result, files };
  } finally {
    await Promise.all(fetched.map((audio) => audio.dispose()));
  }
}

/** All recordings of one result; none is left on the disk when one cannot be had. */
async function fetchAll(sources: readonly AudioSource[], { fetcher }: JobServices, signal: AbortSignal) {
  const settled = await Promise.allSettled(sources.map((source) => fetcher.fetch(source, signal)));
  const fetched = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed === undefined) return fetched;
  await Promise.all(fetched.map((audio) => audio.dispose()));
  throw failed.reason;
}

/** The task that an input names, where it names one that we know: for logs and webhooks. */
export function taskOf(value: unknown): Task | undefined {
  const parsed = parseJobInput(value);
  return parsed.ok ? parsed.value.task : undefined;
}
