import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { abortError, CanceledError } from '../errors.ts';
import { builtFile } from '../inference/built-file.ts';
import type { LiveTask } from '../live/live-options.ts';
import type { AudioRequest } from './audio-request.ts';
import { EngineChild, type EngineChildOptions } from './engine-child.ts';
import type { RunHooks } from './job-channel.ts';
import { LiveAdmission, liveCost } from './live-admission.ts';
import type { EngineFacts } from './messages.ts';
import { Slots } from './slots.ts';
import { DEFAULT_START_DELAYS, startDelayMs, type StartDelays } from './start-delays.ts';
import type { TaskName, TaskTypes } from './tasks/tasks.ts';

/** How the engine child is started and what it may use. */
export type EngineOptions = EngineChildOptions &
  StartDelays & {
    /** Tasks that run at the same time; the rest wait in line. */
    readonly concurrentTasks: number;
    /** Cores that live sessions may take together, by what each is going to cost; more are refused. */
    readonly liveCores: number;
  };

export const DEFAULT_ENGINE_OPTIONS: Omit<EngineOptions, 'enginePath' | 'environment'> = Object.freeze({
  provider: 'auto',
  laneCount: availableParallelism(),
  // One recording keeps all lanes busy; a second one at the same time would only make both slower.
  concurrentTasks: 1,
  // The rest is for peaks, and for what else runs beside them.
  liveCores: 0.8 * availableParallelism(),
  // A run of a network takes well under a second, and tasks look at their signal between runs.
  graceMs: 2_000,
  ...DEFAULT_START_DELAYS,
});

/** What a task is asked to do; `audio` is handed to the child apart from the rest. */
export type TaskRequest<Name extends TaskName> = TaskTypes[Name]['input'] & { readonly audio?: AudioRequest };

/**
 * Speech analysis in a process of its own, so that this one stays free and survives whatever happens there.
 *
 * A canceled run that does not end in time, or a crash, costs the child; the next task gets a fresh one, which
 * loads its models anew. Tasks that ran beside a killed one fail with `engine_crashed` and may be retried.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #slots: Slots;
  readonly #live: LiveAdmission;
  readonly #closed = new AbortController();
  #forked: EngineOptions['forked'];
  #child: EngineChild | undefined;
  #starts = 0;
  /** Children in a row that ended before they were ready. */
  #failedStarts = 0;
  /** When the next child may start, on the clock of `performance.now`. */
  #nextStartMs = 0;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#forked = options.forked;
    this.#slots = new Slots(options.concurrentTasks);
    this.#live = new LiveAdmission(options.liveCores);
  }

  /**
   * Starts the child. Models are loaded by the first task that uses them; `load-…-models` does it ahead.
   *
   * @throws DependencyError `provider_unavailable`
   */
  static async start(options: Partial<EngineOptions> & Pick<EngineOptions, 'environment'>): Promise<Engine> {
    const { enginePath = builtFile('engine-process.js') } = options;
    const engine = new Engine({ ...DEFAULT_ENGINE_OPTIONS, ...options, enginePath });
    await engine.facts();
    return engine;
  }

  /** What runs the models. */
  async facts(): Promise<EngineFacts> {
    return (await this.#livingChild()).facts;
  }

  /** How often the child had to be started again. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** The child's process id, for whoever watches it. */
  get processId(): number | undefined {
    return this.#child?.processId;
  }

  /**
   * Runs a task, when it is its turn.
   *
   * @throws SpeechError of the task; CanceledError or the reason of the signal, once the child has let go of the task
   * @throws CapacityError `engine_crashed`
   */
  async run<Name extends TaskName>(
    task: Name,
    request: TaskRequest<Name>,
    hooks: RunHooks<TaskTypes[Name]['event']> = {},
  ): Promise<TaskTypes[Name]['result']> {
    const { audio, ...input } = request;
    await this.#slots.acquire(hooks.signal);
    try {
      const child = await this.#livingChild(hooks.signal);
      return await child.run({ task, input, audio, hooks });
    } finally {
      this.#slots.release();
    }
  }

  /**
   * Runs a live session: beside the other tasks, since it lasts as long as somebody speaks.
   *
   * @throws CapacityError `overloaded` where the processor could not follow one more; otherwise as `run`
   */
  async runLive(
    request: TaskRequest<'live'>,
    hooks: RunHooks<TaskTypes['live']['event']> = {},
  ): Promise<TaskTypes['live']['result']> {
    const { audio, ...input } = request;
    const place = this.#live.admit(liveCost(input.session.live.tasks));
    const onEvent = (event: TaskTypes['live']['event']): void => {
      place.hear(event);
      hooks.onEvent?.(event);
    };
    try {
      const child = await this.#livingChild(hooks.signal);
      return await child.run({ task: 'live', input, audio, hooks: { ...hooks, onEvent } });
    } finally {
      place.leave();
    }
  }

  /**
   * @param tasks of a session to come; the least that one can ask for where that is not known yet
   * @throws CapacityError `overloaded` where it could not be taken
   */
  requireLiveRoom(tasks: readonly LiveTask[] = ['detect-speech']): void {
    this.#live.require(liveCost(tasks));
  }

  /** Cancels what runs and what waits, frees the models and ends the child. */
  async close(): Promise<void> {
    const reason = new CanceledError('The engine was closed.');
    this.#closed.abort(reason);
    this.#slots.refuseWaiting(reason);
    await this.#child?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * The child, or a fresh one where it has ended. One that ended at work is replaced at once, one that ended before it
   * was ready after a while: what killed it would most likely kill the next one too.
   */
  async #livingChild(signal?: AbortSignal): Promise<EngineChild> {
    const stop = signal === undefined ? this.#closed.signal : AbortSignal.any([signal, this.#closed.signal]);
    for (;;) {
      if (stop.aborted) throw abortError(stop);
      if (this.#child !== undefined && !this.#child.hasEnded) return this.#child;
      const waitMs = this.#nextStartMs - performance.now();
      if (waitMs <= 0) return this.#startChild();
      await delay(waitMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  #startChild(): EngineChild {
    const child = new EngineChild({ ...this.#options, forked: this.#forked });
    this.#forked = undefined;
    this.#child = child;
    this.#starts += 1;
    child.facts.then(
      () => {
        this.#failedStarts = 0;
        this.#nextStartMs = 0;
      },
      () => {
        this.#failedStarts++;
        this.#nextStartMs = performance.now() + startDelayMs(this.#failedStarts, this.#options);
      },
    );
    return child;
  }
}
