/** The recordings of a job that was checked, one after another. */
import { defined } from '../../../core/defined.ts';
import type { AudioSettings } from '../../../core/engine/audio-request.ts';
import { throwIfAborted } from '../../../core/errors.ts';
import type { ResultWarning, Utterance } from '../../../core/result/result.ts';
import {
  type ErrorBody,
  type JobInput,
  type JobInputOf,
  type JobResult,
  type RenderedFile,
  SCHEMA_VERSION,
  type Task,
  type WireResultOf,
} from '../../../sdk/contract/index.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { againAfterCrash, onceAcrossAttempts } from './again-after-crash.ts';
import { errorBodyOf } from './error-body.ts';
import { type JobRecording, openAll, recordingsByResult } from './job-recording.ts';
import type { JobHooks, TaskServices } from './job-services.ts';
import { renderFiles } from './render-files.ts';
import { TASK_RUNNERS } from './tasks.ts';

/** A job that may be run, and what its author should know about it. */
export type CheckedJob = { readonly input: JobInput; readonly warnings: readonly ResultWarning[] };

/** The outcome of one recording, in the form of the contract. */
type Outcome<T extends Task> =
  | { readonly index: number; readonly result: WireResultOf<T>; readonly files?: readonly RenderedFile[] }
  | { readonly index: number; readonly error: ErrorBody };

/** What a job's result says of its task: a union where T is one, so that results stay with their task. */
type Outcomes<T extends Task> = {
  readonly [K in T]: { readonly task: K; readonly results: readonly Outcome<K>[] };
}[T];

/**
 * Works on recordings one after another; a failing one does not stop the others. All fails when there is one result
 * and that fails, or when the job is stopped.
 *
 * @param recordings of the job, in its order; the `audio` of its input is not looked at
 * @throws SpeechError
 */
export async function runRecordings(
  { input, warnings }: CheckedJob,
  recordings: readonly JobRecording[],
  services: TaskServices,
  hooks: JobHooks,
): Promise<JobResult> {
  const { idempotencyKey, metadata } = input;
  const outcomes = await runTask(input.task, input, recordings, services, hooks);
  return {
    schemaVersion: SCHEMA_VERSION,
    ...outcomes,
    warnings,
    ...defined({ idempotencyKey, metadata }),
  };
}

async function runTask<T extends Task>(
  task: T,
  input: JobInputOf<T>,
  recordings: readonly JobRecording[],
  services: TaskServices,
  hooks: JobHooks,
): Promise<Outcomes<T>> {
  const groups = recordingsByResult({ task }, recordings);
  const results: Outcome<T>[] = [];
  for (const [index, group] of groups.entries()) {
    throwIfAborted(hooks.signal);
    // While recordings are left there is work to do, however slowly files are delivered.
    const isLast = index === groups.length - 1;
    const recordingHooks = isLast ? hooks : { ...hooks, onSlowDelivery: undefined };
    try {
      results.push(await runOne(task, input, group, index, services, recordingHooks));
    } catch (error) {
      if (groups.length === 1 || hooks.signal.aborted) throw error;
      const failure = errorBodyOf(toSpeechError(error), hooks.requestId);
      results.push({ index, error: failure });
      hooks.onEvent?.({ schemaVersion: SCHEMA_VERSION, type: 'error', index, error: failure });
    }
  }
  return { task, results };
}

async function runOne<T extends Task>(
  task: T,
  input: JobInputOf<T>,
  recordings: readonly JobRecording[],
  index: number,
  services: TaskServices,
  hooks: JobHooks,
): Promise<Outcome<T>> {
  const onProgress = (stage: string, done: number, total: number | null): void => {
    hooks.progress({ schemaVersion: SCHEMA_VERSION, type: 'progress', index, stage, done, total });
  };
  onProgress('fetch', 0, null);
  const opened = await openAll(recordings, hooks.signal);
  try {
    const selection = audioSelection(input.options);
    const audio = opened.map((recording) => ({ ...recording.audio, ...selection }));
    const { signal, observationsPath } = hooks;
    const call = { input, audio, services, signal, onProgress, observationsPath };
    const attempt = onceAcrossAttempts<Utterance>((utterance) =>
      hooks.onEvent?.({ schemaVersion: SCHEMA_VERSION, type: 'utterance', index, utterance }),
    );
    const work = () => TASK_RUNNERS[task]({ ...call, onUtterance: attempt() });
    // A stream that was read is gone.
    const canRepeat = audio.every((one) => 'path' in one);
    const result = await (canRepeat ? againAfterCrash(work, signal) : work());
    if (input.output?.formats === undefined || !('turns' in result)) return { index, result };
    const files = await renderFiles(result, index, input.output, services, hooks);
    return { index, result, files };
  } finally {
    await Promise.all(opened.map((recording) => recording.dispose()));
  }
}

/** What of a recording is heard; tasks without `channel` decide on channels themselves. */
function audioSelection(options: JobInput['options']): Pick<AudioSettings, 'audioTrack' | 'channel'> {
  const channel = options !== undefined && 'channel' in options ? options.channel : undefined;
  return { audioTrack: options?.audioTrack, channel };
}
