import { type ChildProcess, fork } from 'node:child_process';
import { abortError, CanceledError, CapacityError, type SpeechError } from '../errors.ts';
import { deserializeError } from '../serialized-error.ts';
import type { ProviderChoice } from '../inference/execution-provider.ts';
import { AudioPump } from './audio-pump.ts';
import { type AudioRequest, deliveryOf } from './audio-request.ts';
import type { EngineFacts, FromEngine, TaskProgress, ToEngine } from './messages.ts';
import { joinResult, type ResultPart } from './result-parts.ts';

export type EngineChildOptions = {
  /** The built `engine-process.js`. */
  readonly enginePath: string;
  readonly provider: ProviderChoice;
  readonly laneCount: number;
  /** All that the child sees of the environment; keep secrets out of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long a canceled run, or a child that was asked to close, may take before the child is killed. */
  readonly graceMs: number;
};

/** What a caller may pass along with a job. */
export type RunHooks = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
  readonly onEvent?: ((event: unknown) => void) | undefined;
};

type RunningJob = {
  readonly hooks: RunHooks;
  readonly pump: AudioPump;
  readonly parts: ResultPart[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
};

type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (error: Error) => void };

/** One engine child and the jobs that it works on. Once it has ended it is not started again: see `Engine`. */
export class EngineChild {
  readonly #process: ChildProcess;
  readonly #graceMs: number;
  readonly #jobs = new Map<number, RunningJob>();
  readonly #exited: Promise<void>;
  readonly #facts: Promise<EngineFacts>;
  #settleFacts!: Settle<EngineFacts>;
  #nextJob = 0;
  /** Why the child is about to end, when that is our doing. */
  #endReason: SpeechError | undefined;
  #failure: Error | undefined;

  constructor(options: EngineChildOptions) {
    const { enginePath, provider, laneCount, environment, graceMs } = options;
    this.#graceMs = graceMs;
    this.#process = fork(enginePath, [], {
      serialization: 'advanced',
      // What the child prints is the diagnosis of a crash; results come as messages.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: environment,
      execArgv: [],
    });
    this.#facts = new Promise((resolve, reject) => (this.#settleFacts = { resolve, reject }));
    // Every job sees the failure too, so that nobody has to look here.
    this.#facts.catch(() => undefined);
    this.#exited = new Promise((resolve) => {
      const end = (error: SpeechError) => {
        this.#fail(this.#endReason ?? error);
        resolve();
      };
      this.#process.once('exit', (code, signal) => end(crashed(code, signal)));
      this.#process.once('error', (cause) => end(notStarted(cause)));
    });
    this.#process.on('message', (message) => this.#receive(message as FromEngine));
    this.#send({ kind: 'start', provider, laneCount });
  }

  /** Rejects with the typed error of the start when there is one: a missing provider. */
  facts(): Promise<EngineFacts> {
    return this.#facts;
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  /** Runs one task; settles when the child has let go of it. */
  async run(
    task: string,
    input: unknown,
    audio: AudioRequest | undefined,
    hooks: RunHooks,
  ): Promise<unknown> {
    const { signal } = hooks;
    await beforeAbort(this.#facts, signal);
    if (this.#failure) throw this.#failure;
    const id = this.#nextJob++;
    const { delivery, chunks } = deliveryOf(audio);
    const pump = new AudioPump(id, (message) => this.#send(message));
    let killTimer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      this.#send({ kind: 'cancel', job: id });
      killTimer = setTimeout(() => this.#kill(killedForOther()), this.#graceMs);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#jobs.set(id, { hooks, pump, parts: [], resolve, reject });
        this.#send({ kind: 'run', job: id, task, input, audio: delivery });
        if (chunks !== undefined) void pump.run(chunks);
      });
    } catch (error) {
      // Whatever a canceled task, or a killed child, says of its end: it was canceled.
      throw signal?.aborted ? abortError(signal) : error;
    } finally {
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', onAbort);
      pump.stop();
      this.#jobs.delete(id);
    }
  }

  /** Lets the child free its models and end, and kills it when that takes too long. Its jobs are canceled. */
  async close(): Promise<void> {
    const reason = new CanceledError('The engine was closed.');
    this.#endReason ??= reason;
    this.#send({ kind: 'close' });
    const timer = setTimeout(() => this.#kill(reason), this.#graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #kill(reason: SpeechError): void {
    this.#endReason ??= reason;
    this.#process.kill('SIGKILL');
  }

  #send(message: ToEngine): void {
    // Sending to a child that is ending fails; its exit settles everything.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  #receive(message: FromEngine): void {
    if (message.kind === 'ready') {
      this.#settleFacts.resolve(message.facts);
    } else if (message.kind === 'start-failed') {
      const error = deserializeError(message.error);
      this.#fail(error);
      this.#kill(error);
    } else {
      const job = this.#jobs.get(message.job);
      if (job !== undefined) receiveFor(job, message);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#settleFacts.reject(this.#failure);
    for (const job of this.#jobs.values()) job.reject(this.#failure);
  }
}

function receiveFor(job: RunningJob, message: Extract<FromEngine, { job: number }>): void {
  switch (message.kind) {
    case 'audio-taken':
      job.pump.taken();
      return;
    case 'progress':
      job.hooks.onProgress?.(message.progress);
      return;
    case 'event':
      job.hooks.onEvent?.(message.event);
      return;
    case 'result-part':
      job.parts.push(message);
      return;
    case 'result':
      job.resolve(joinResult(message.value, job.parts));
      return;
    case 'failed':
      job.reject(deserializeError(message.error));
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

function crashed(exitCode: number | null, signal: NodeJS.Signals | null): CapacityError {
  const how = signal ?? `exit code ${String(exitCode)}`;
  const advice =
    signal === 'SIGKILL' ? 'most likely the machine is short of memory; use fewer threads' : 'try again';
  return new CapacityError('engine_crashed', `The engine process ended unexpectedly (${how}): ${advice}.`, {
    details: { exitCode, signal },
  });
}

function killedForOther(): CapacityError {
  return new CapacityError(
    'engine_crashed',
    'The engine process was ended because another task did not stop when it was canceled. Try again.',
  );
}

function notStarted(cause: Error): CapacityError {
  const message = 'The engine process could not be started. Is the build complete (npm run build)?';
  return new CapacityError('engine_crashed', message, { cause });
}
