/** The recordings of a job that was checked, one after another. */
import { throwIfAborted } from '../../../core/errors.ts';
import type { DiarizationResult, ResultWarning, Utterance } from '../../../core/result/result.ts';
import { type JobInput, type JobResult, SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import { againAfterCrash, onceAcrossAttempts } from './again-after-crash.ts';
import { errorBodyOf } from './error-body.ts';
import { type JobRecording, openAll, recordingsByResult } from './job-recording.ts';
import type { JobHooks, TaskServices } from './job-services.ts';
import { renderFiles } from './render-files.ts';
import { runnerOf } from './tasks.ts';

/** A job that may be run, and what its author should know about it. */
export type CheckedJob = { readonly input: JobInput; readonly warnings: readonly ResultWarning[] };

/** The outcome of one recording, in the form of the contract. */
type Outcome = Record<string, unknown> & { readonly index: number };

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
  const groups = recordingsByResult(input, recordings);
  const results: Outcome[] = [];
  for (const [index, group] of groups.entries()) {
    throwIfAborted(hooks.signal);
    // While recordings are left there is work to do, however slowly files are delivered.
    const isLast = index === groups.length - 1;
    const recordingHooks = isLast ? hooks : { ...hooks, onSlowDelivery: undefined };
    try {
      results.push(await runOne(input, group, index, services, recordingHooks));
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
  // Each runner gives what the contract says of its task; test/handlers/work/jobs parses results with the schema.
  return result as unknown as JobResult;
}

async function runOne(
  input: JobInput,
  recordings: readonly JobRecording[],
  index: number,
  services: TaskServices,
  hooks: JobHooks,
): Promise<Outcome> {
  const onProgress = (stage: string, done: number, total: number | null): void => {
    hooks.progress({ schemaVersion: SCHEMA_VERSION, type: 'progress', index, stage, done, total });
  };
  onProgress('fetch', 0, null);
  const opened = await openAll(recordings, hooks.signal);
  try {
    const audioTrack = input.options?.audioTrack;
    const audio = opened.map((recording) => ({ ...recording.audio, audioTrack }));
    const { signal, observationsPath } = hooks;
    const call = { input, audio, services, signal, onProgress, observationsPath };
    const attempt = onceAcrossAttempts<Utterance>((utterance) =>
      hooks.onEvent?.({ schemaVersion: SCHEMA_VERSION, type: 'utterance', index, utterance }),
    );
    const work = () => runnerOf(input)!({ ...call, onUtterance: attempt() });
    // A stream that was read is gone.
    const canRepeat = audio.every((one) => 'path' in one);
    const result = await (canRepeat ? againAfterCrash(work, signal) : work());
    if (input.output?.formats === undefined) return { index, result };
    const files = await renderFiles(result as DiarizationResult, index, input.output, services, hooks);
    return { index, result, files };
  } finally {
    await Promise.all(opened.map((recording) => recording.dispose()));
  }
}
