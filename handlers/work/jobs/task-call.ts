import type { RunHooks } from '../../../core/engine/job-channel.ts';
import type { Utterance } from '../../../core/result/result.ts';
import type { JobInputOf, Task } from '../../../sdk/contract/index.ts';
import type { RecordingAudio } from './job-recording.ts';
import type { ModelCallOptions } from '../../../models/store.ts';
import type { StageProgress, TaskServices } from './job-services.ts';

/** What a task gets of one recording. */
export type TaskCall<T extends Task> = {
  readonly input: JobInputOf<T>;
  /** One recording, or two for `compare`. */
  readonly audio: readonly RecordingAudio[];
  readonly services: TaskServices;
  readonly signal: AbortSignal;
  readonly onProgress: StageProgress;
  /** Where `diarize` keeps what the models saw. */
  readonly observationsPath: string | undefined;
  /** Takes what is final before the work is over. */
  readonly onUtterance: (utterance: Utterance) => void;
};

/** Lets the caller see and stop downloads of models. */
export function modelCallsOf({
  signal,
  onProgress,
}: Pick<TaskCall<Task>, 'signal' | 'onProgress'>): ModelCallOptions {
  return {
    signal,
    onProgress: ({ receivedBytes, totalBytes }) => onProgress('download', receivedBytes, totalBytes ?? null),
  };
}

/** What the engine calls while it runs the task. */
export function hooksOf({ signal, onProgress }: Pick<TaskCall<Task>, 'signal' | 'onProgress'>): RunHooks {
  return { signal, onProgress: ({ stage, done, total }) => onProgress(stage, done, total) };
}
