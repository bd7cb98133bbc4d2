import { abortError } from '../errors.ts';
import { deserializeError } from '../serialized-error.ts';
import { AudioPump } from './audio-pump.ts';
import { type AudioRequest, deliveryOf } from './audio-request.ts';
import { deferred } from './deferred.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { joinResult, type ResultPart } from './result-parts.ts';
import type { TaskProgress } from './tasks/task.ts';
import type { TaskName, TaskTypes } from './tasks/tasks.ts';

/** What a caller may pass along with a job. */
export type RunHooks<Event = never> = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
};

/** A task, what it works on, and who listens. */
export type JobRequest<Name extends TaskName> = {
  readonly task: Name;
  readonly input: TaskTypes[Name]['input'];
  readonly audio: AudioRequest | undefined;
  readonly hooks: RunHooks<TaskTypes[Name]['event']>;
};

/** A message of the child about one job. */
export type JobMessage = Extract<FromEngine, { readonly job: number }>;

/** What a channel needs of the child. */
export type JobConnection = {
  readonly send: (message: ToEngine) => void;
  /** Called when a canceled job did not let go in time. */
  readonly onStuck: () => void;
  readonly graceMs: number;
};

/** One job in the child, as the parent sees it: messages both ways, cancelation, and one outcome. */
export class JobChannel<Name extends TaskName> {
  readonly #id: number;
  readonly #request: JobRequest<Name>;
  readonly #connection: JobConnection;
  readonly #pump: AudioPump;
  readonly #parts: ResultPart[] = [];
  readonly #outcome = deferred<TaskTypes[Name]['result']>();

  constructor(id: number, request: JobRequest<Name>, connection: JobConnection) {
    this.#id = id;
    this.#request = request;
    this.#connection = connection;
    this.#pump = new AudioPump(id, connection.send);
  }

  /**
   * Runs the job; settles when the child has let go of it.
   *
   * @throws SpeechError of the task; the reason of the signal once it is aborted; what `fail` was given
   */
  async run(): Promise<TaskTypes[Name]['result']> {
    const { task, input, audio, hooks } = this.#request;
    const { send, onStuck, graceMs } = this.#connection;
    const job = this.#id;
    let stuckTimer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      send({ kind: 'cancel', job });
      stuckTimer = setTimeout(onStuck, graceMs);
    };
    hooks.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const { delivery, chunks } = deliveryOf(audio);
      send({ kind: 'run', job, task, input, audio: delivery });
      if (chunks !== undefined) void this.#pump.run(chunks);
      return await this.#outcome.promise;
    } catch (error) {
      // Whatever a canceled task, or a killed child, says of its end: it was canceled.
      throw hooks.signal?.aborted ? abortError(hooks.signal) : error;
    } finally {
      clearTimeout(stuckTimer);
      hooks.signal?.removeEventListener('abort', onAbort);
      this.#pump.stop();
    }
  }

  /** The child has ended, or will. */
  fail(error: Error): void {
    this.#outcome.reject(error);
  }

  receive(message: JobMessage): void {
    const { hooks } = this.#request;
    switch (message.kind) {
      case 'audio-taken':
        this.#pump.taken();
        return;
      case 'progress':
        hooks.onProgress?.(message.progress);
        return;
      case 'event':
        // Both sides of the border are of one build: a task emits what `TaskTypes` says, and gives what it says.
        hooks.onEvent?.(message.event as TaskTypes[Name]['event']);
        return;
      case 'result-part':
        this.#parts.push(message);
        return;
      case 'result':
        this.#outcome.resolve(joinResult(message.value, this.#parts) as TaskTypes[Name]['result']);
        return;
      case 'failed':
        this.#outcome.reject(deserializeError(message.error));
    }
  }
}
