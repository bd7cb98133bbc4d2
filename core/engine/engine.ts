import { availableParallelism } from 'node:os';
import { CanceledError } from '../errors.ts';
import type { AudioRequest } from './audio-request.ts';
import { EngineChild, type EngineChildOptions, type RunHooks } from './engine-child.ts';
import type { EngineFacts } from './messages.ts';
import { Slots } from './slots.ts';
import type { TaskName, TaskTypes } from './tasks.ts';

/** How the engine child is started and what it may use. */
export type EngineOptions = EngineChildOptions & {
  /** Tasks that run at the same time; the rest wait in line. */
  readonly concurrentTasks: number;
};

export const DEFAULT_ENGINE_OPTIONS: Omit<EngineOptions, 'enginePath' | 'environment'> = Object.freeze({
  provider: 'auto',
  laneCount: availableParallelism(),
  // One recording keeps all lanes busy; a second one at the same time would only make both slower.
  concurrentTasks: 1,
  // A run of a network takes well under a second, and tasks look at their signal between runs.
  graceMs: 2_000,
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
  #child: EngineChild | undefined;
  #closed = false;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrentTasks);
  }

  /**
   * Starts the child. Models are loaded by the first task that uses them; `load-…-models` does it ahead.
   *
   * @throws DependencyError `provider_unavailable`
   */
  static async start(
    options: Partial<EngineOptions> & Pick<EngineOptions, 'enginePath' | 'environment'>,
  ): Promise<Engine> {
    const engine = new Engine({ ...DEFAULT_ENGINE_OPTIONS, ...options });
    await engine.facts();
    return engine;
  }

  /** What runs the models. */
  facts(): Promise<EngineFacts> {
    return this.#livingChild().facts();
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
    hooks: RunHooks = {},
  ): Promise<TaskTypes[Name]['result']> {
    const { audio, ...input } = request;
    await this.#slots.acquire(hooks.signal);
    try {
      const result = await this.#livingChild().run(task, input, audio, hooks);
      return result as TaskTypes[Name]['result'];
    } finally {
      this.#slots.release();
    }
  }

  /** Cancels what runs and what waits, frees the models and ends the child. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#slots.refuseWaiting(new CanceledError('The engine was closed.'));
    await this.#child?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #livingChild(): EngineChild {
    if (this.#closed) throw new CanceledError('The engine was closed.');
    if (this.#child === undefined || this.#child.hasEnded) this.#child = new EngineChild(this.#options);
    return this.#child;
  }
}
