import { SpeechError } from '../../../core/errors.ts';
import type { AudioInput, Colloquy, CommonRequest, Job } from '../../../sdk/index.ts';
import { untilAborted } from '../../../sdk/transport/sleep.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import { metadataOf } from '../ends/item-result.ts';
import type { BatchItem } from '../items/batch-item.ts';
import type { BucketPlace } from '../store/batch-store.ts';
import type { AttemptHooks, BatchExecutor, ItemOutcome, ReadyItem } from './batch-executor.ts';
import type { Submissions } from './submissions.ts';

/** A wait for a job is looked at so often: whether it is still wanted, whether it is still queued. */
const LOOK_MS = 10_000;

/** The address of a recording is good for so long: it may wait in the platform's queue before it is fetched. */
const ADDRESS_SECONDS = 24 * 3600;

type BatchTask = 'transcribe' | 'diarize';

export type EndpointExecutorOptions = {
  readonly client: Pick<Colloquy, 'submit' | 'get'>;
  readonly submissions: Submissions;
  readonly job: { readonly task: BatchTask; readonly options: Readonly<Record<string, unknown>> };
  /** Where workers write ends by themselves, so that nothing depends on this process; else it writes what comes back. */
  readonly ends?: { readonly place: BucketPlace; readonly keyOf: (item: string) => string } | undefined;
  /** Jobs in flight. Waiting costs nothing here; the platform counts the time in its own queue. */
  readonly concurrency: number;
  /** Tests shorten it. @default 10000 ms */
  readonly lookMs?: number;
};

/**
 * Has items worked on by an endpoint: one job each, at most so many in flight.
 *
 * Stopping ends the wait and never the job: the next run finds it by its submission and goes on waiting, so that
 * nothing is paid twice. A job that failed is submitted anew when the item's next attempt comes.
 */
export class EndpointExecutor implements BatchExecutor {
  readonly concurrency: number;
  readonly #options: EndpointExecutorOptions;
  /** Jobs that ended without a result, as this process saw it. */
  readonly #failed = new Set<string>();

  constructor(options: EndpointExecutorOptions) {
    this.#options = options;
    this.concurrency = options.concurrency;
  }

  prepare(item: BatchItem): ReadyItem {
    return { run: (hooks) => this.#run(item, hooks), dispose: () => Promise.resolve() };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #run(item: BatchItem, hooks: AttemptHooks): Promise<ItemOutcome> {
    const job = (await this.#earlier(item, hooks.signal)) ?? (await this.#submit(item, hooks));
    try {
      return await this.#outcome(job, hooks);
    } catch (error) {
      if (!hooks.signal.aborted) this.#failed.add(job.id);
      throw error;
    }
  }

  /** The job that an earlier process, or an earlier attempt, submitted and that may still end well. */
  async #earlier(item: BatchItem, signal: AbortSignal): Promise<Job<BatchTask> | undefined> {
    const last = await this.#options.submissions.last(item.id, signal);
    const jobId = last?.jobId;
    if (jobId === undefined || this.#failed.has(jobId)) return undefined;
    try {
      return await fromRemote(() => this.#options.client.get<BatchTask>(jobId, { signal }));
    } catch (error) {
      if (error instanceof SpeechError && error.code === 'job_expired') return undefined;
      throw error;
    }
  }

  async #submit(item: BatchItem, { signal, onProgress }: AttemptHooks): Promise<Job<BatchTask>> {
    const { client, submissions, job } = this.#options;
    const audio = await audioOf(item, signal);
    let number = ((await submissions.last(item.id, signal))?.number ?? 0) + 1;
    while (!(await submissions.intend(item.id, number, signal))) number += 1;
    try {
      const { task } = job;
      const request = { ...job.options, ...item.options, task, audio: audio.input, ...this.#outputOf(item) };
      const limits = {
        signal,
        onProgress: ({ stage, done, total }: { stage: string; done: number; total: number | null }) =>
          onProgress(stage, done, total),
      };
      const submitted = await fromRemote(() => client.submit<BatchTask>(request, limits));
      await submissions.submitted(item.id, number, submitted.id, signal);
      return submitted;
    } finally {
      await audio.dispose();
    }
  }

  /** One end an item, however often it is submitted: a worker that finds it does no work. */
  #outputOf(item: BatchItem): Pick<CommonRequest, 'output' | 'metadata'> {
    const { ends } = this.#options;
    if (ends === undefined) return {};
    const s3 = { ...ends.place, key: ends.keyOf(item.id), ifAbsent: true };
    return { output: { inline: false, s3 }, metadata: metadataOf(item) };
  }

  /** Waits in pieces: the client cancels a job whose wait is aborted, and ours must go on. */
  async #outcome(job: Job<BatchTask>, { signal, onProgress }: AttemptHooks): Promise<ItemOutcome> {
    const { lookMs: timeoutMs = LOOK_MS } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await fromRemote(() =>
          untilAborted(
            job.result({
              timeoutMs,
              onProgress: ({ stage, done, total }) => onProgress(stage, done, total),
            }),
            signal,
          ),
        );
      } catch (error) {
        const isOurs = error instanceof SpeechError && error.code === 'deadline_exceeded';
        if (!isOurs || (job.state !== 'queued' && job.state !== 'running')) throw error;
        // Nobody works on it yet, so it cannot hang.
        if (job.state === 'queued') onProgress('queued', 0, null);
      }
    }
  }
}

/** The recording for the platform: by its address where the store has one, else its bytes. */
async function audioOf(
  { store, object }: BatchItem,
  signal: AbortSignal,
): Promise<{ readonly input: AudioInput; readonly dispose: () => Promise<void> }> {
  const url = await store.addressOf?.(object, ADDRESS_SECONDS);
  if (url !== undefined) return { input: { url }, dispose: () => Promise.resolve() };
  const opened = await store.recording(object).open(signal);
  const { audio } = opened;
  const input = 'path' in audio ? { path: audio.path } : audio.stream;
  return { input, dispose: () => opened.dispose() };
}
