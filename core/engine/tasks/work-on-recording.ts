import type { ResultFacts } from '../../result/result.ts';
import type { TaskContext } from './task.ts';

/** How a task about a recording is done: the recording, the models, then the work. */
type RecordingWork<Audio, Models, Result> = {
  readonly open: () => Promise<Audio>;
  readonly load: () => Promise<Models>;
  readonly work: (audio: Audio, models: Models) => Promise<Result>;
};

/**
 * Opens the recording of a job, loads the models, does the work, and closes the recording whatever happens.
 *
 * The recording is opened first: a bad file costs no loading of models.
 *
 * @returns the result, with the time of loading and with what was noticed about the audio and the models
 */
export async function workOnRecording<
  Audio extends { readonly close: () => Promise<void> },
  Models,
  Result extends ResultFacts,
>(
  context: Pick<TaskContext, 'now' | 'warnings'>,
  { open, load, work }: RecordingWork<Audio, Models, Result>,
): Promise<Result> {
  const audio = await open();
  try {
    const started = context.now();
    const models = await load();
    const loadSeconds = context.now() - started;
    const result = await work(audio, models);
    return {
      ...result,
      timings: { loadSeconds, ...result.timings },
      warnings: [...context.warnings(), ...result.warnings],
    };
  } finally {
    await audio.close();
  }
}
