import { abortError, CanceledError, CapacityError, type SpeechError } from '../errors.ts';
import { deserializeError } from '../serialized-error.ts';
import type { ProviderChoice } from '../inference/execution-provider.ts';
import { deferred } from './deferred.ts';
import { ChildLife, type ChildLifeOptions } from './child-life.ts';
import { JobChannel, type JobMessage, type JobRequest } from './job-channel.ts';
import type { EngineFacts, FromEngine } from './messages.ts';
import type { TaskName, TaskTypes } from './tasks/tasks.ts';

export type EngineChildOptions = ChildLifeOptions & {
  readonly provider: ProviderChoice;
  readonly laneCount: number;
  /** Folder for graphs as the runtime made them ready, for the next start; written where it can be. @default none */
  readonly savedGraphs?: string | undefined;
  /** How long a canceled run, or a child that was asked to close, may take before the child is killed. */
  readonly graceMs: number;
};

/** What a job looks like to the child that runs it, whatever its task. */
type RunningJob = { receive(message: JobMessage): void; fail(error: Error): void };

/** One engine child and the jobs that it works on. Once it has ended it is not started again: see `Engine`. */
export class EngineChild {
  /** What runs the models; rejects where the child did not come so far, with the reason. */
  readonly facts: Promise<EngineFacts>;
  readonly #life: ChildLife;
  readonly #graceMs: number;
  readonly #jobs = new Map<number, RunningJob>();
  readonly #ready = deferred<EngineFacts>();
  #nextJob = 0;
  #failure: SpeechError | undefined;

  constructor(options: EngineChildOptions) {
    const { provider, laneCount, savedGraphs, graceMs } = options;
    this.#graceMs = graceMs;
    this.facts = this.#ready.promise;
    // Every job sees the failure too, so that nobody has to look here.
    this.facts.catch(() => undefined);
    this.#life = new ChildLife(options, (message) => this.#receive(message));
    void this.#life.ended.then((reason) => this.#fail(reason));
    this.#life.send({ kind: 'start', provider, laneCount, savedGraphs });
  }

  get processId(): number | undefined {
    return this.#life.processId;
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  /** Runs one task; settles when the child has let go of it. */
  async run<Name extends TaskName>(request: JobRequest<Name>): Promise<TaskTypes[Name]['result']> {
    await beforeAbort(this.facts, request.hooks.signal);
    if (this.#failure) throw this.#failure;
    const id = this.#nextJob++;
    const job = new JobChannel(id, request, {
      send: (message) => this.#life.send(message),
      onStuck: () => this.#life.kill(killedForOther()),
      graceMs: this.#graceMs,
    });
    this.#jobs.set(id, job);
    try {
      return await job.run();
    } finally {
      this.#jobs.delete(id);
    }
  }

  /** Lets the child free its models and end, and kills it when that takes too long. Its jobs are canceled. */
  async close(): Promise<void> {
    await this.#life.close(new CanceledError('The engine was closed.'), this.#graceMs);
  }

  #receive(message: FromEngine): void {
    if (message.kind === 'ready') {
      this.#ready.resolve(message.facts);
    } else if (message.kind === 'start-failed') {
      const error = deserializeError(message.error);
      this.#fail(error);
      this.#life.kill(error);
    } else {
      this.#jobs.get(message.job)?.receive(message);
    }
  }

  #fail(reason: SpeechError): void {
    this.#failure ??= reason;
    this.#ready.reject(this.#failure);
    for (const job of this.#jobs.values()) job.fail(this.#failure);
  }
}

/** The promise, or the reason of the signal when that comes first. */
async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort!));
}

function killedForOther(): CapacityError {
  return new CapacityError(
    'engine_crashed',
    'The engine process was ended because another task did not stop when it was canceled. Try again.',
  );
}
