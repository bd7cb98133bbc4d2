import type { AudioLimits } from '../../../core/audio/limits.ts';
import type { JobInput } from '../../../sdk/contract/index.ts';
import type { OpenRecording } from '../../work/jobs/job-recording.ts';
import type { TaskServices } from '../../work/jobs/job-services.ts';
import { checkJobWithoutAudio } from '../../work/jobs/job-without-audio.ts';
import { runRecordings } from '../../work/jobs/run-recordings.ts';
import type { BatchItem } from '../items/batch-item.ts';
import type { AttemptHooks, BatchExecutor, ItemOutcome, ReadyItem } from './batch-executor.ts';
import type { Progress } from '../../../sdk/contract/index.ts';

export type LocalExecutorOptions = {
  readonly services: TaskServices;
  readonly audioLimits: Partial<AudioLimits>;
  /** Task and options of every item, in the words of the contract. */
  readonly job: { readonly task: JobInput['task']; readonly options: Readonly<Record<string, unknown>> };
  readonly concurrency: number;
  readonly close: () => Promise<void>;
};

/** Works on items with the engine of this process, which stays warm from the first to the last. */
export class LocalExecutor implements BatchExecutor {
  readonly concurrency: number;
  readonly #options: LocalExecutorOptions;

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    this.concurrency = options.concurrency;
  }

  prepare(item: BatchItem, signal: AbortSignal): ReadyItem {
    const opening = item.store.recording(item.object).open(signal);
    // Told by `run`; an item that is never run must not end the process.
    opening.catch(() => undefined);
    let isHandedOn = false;
    return {
      run: async (hooks) => {
        const opened = await opening;
        isHandedOn = true;
        return this.#run(item, opened, hooks);
      },
      dispose: async () => {
        if (isHandedOn) return;
        await opening.then(
          (opened) => opened.dispose(),
          () => undefined,
        );
      },
    };
  }

  async #run(
    item: BatchItem,
    opened: OpenRecording,
    { signal, onProgress }: AttemptHooks,
  ): Promise<ItemOutcome> {
    const { services, audioLimits, job } = this.#options;
    const options = { ...job.options, ...item.options };
    const checked = checkJobWithoutAudio({ task: job.task, options, strict: true }, 1, services);
    const audio = { ...opened.audio, limits: audioLimits };
    const recording = { open: () => Promise.resolve({ audio, dispose: () => opened.dispose() }) };
    const progress = ({ stage, done, total }: Progress): void => onProgress(stage, done, total);
    const done = await runRecordings(checked, [recording], services, {
      requestId: item.id,
      signal,
      progress,
    });
    return (done.results[0] as { readonly result: ItemOutcome }).result;
  }

  close(): Promise<void> {
    return this.#options.close();
  }
}
