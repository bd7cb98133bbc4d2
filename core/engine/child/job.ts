import type { AudioWarning } from '../../audio/audio-warning.ts';
import { CanceledError } from '../../errors.ts';
import { deserializeError, serializeError } from '../../serialized-error.ts';
import type { SessionWarning } from '../../inference/execution-provider.ts';
import type { EngineFacts, FromEngine, ToEngine } from '../messages.ts';
import { openDelivery, openPcmDelivery } from './open-delivery.ts';
import { PushedChunks } from './pushed-chunks.ts';
import { splitResult } from '../result-parts.ts';
import type { SessionStore } from './session-store.ts';
import type { EngineTask, TaskContext, TaskProgress } from '../tasks/task.ts';

/** Progress is reported at most this often, but for the first and the last of a stage. */
const PROGRESS_INTERVAL_MS = 50;

/** What a job has of the engine child around it. */
export type JobSurroundings = {
  readonly sessions: SessionStore;
  readonly facts: EngineFacts;
  readonly send: (message: FromEngine) => void;
};

/** A task at work in the engine child. */
export class EngineJob {
  readonly #request: Extract<ToEngine, { kind: 'run' }>;
  readonly #surroundings: JobSurroundings;
  readonly #abort = new AbortController();
  readonly #pushed: PushedChunks;
  readonly #warnings: (AudioWarning | SessionWarning)[];
  #lastProgress: { readonly stage: string; readonly atMs: number } | undefined;

  constructor(request: Extract<ToEngine, { kind: 'run' }>, surroundings: JobSurroundings) {
    this.#request = request;
    this.#surroundings = surroundings;
    this.#warnings = [...surroundings.facts.warnings];
    this.#pushed = new PushedChunks(() => surroundings.send({ kind: 'audio-taken', job: request.job }));
  }

  /** Runs the task and sends its result or its error; never rejects. */
  async run(task: EngineTask<never, unknown, unknown>): Promise<void> {
    const { job } = this.#request;
    const { send } = this.#surroundings;
    try {
      const { rest, parts } = splitResult(await task(this.#request.input as never, this.#context()));
      for (const part of parts) send({ kind: 'result-part', job, ...part });
      send({ kind: 'result', job, value: rest });
    } catch (error) {
      send({ kind: 'failed', job, error: serializeError(error) });
    }
  }

  cancel(): void {
    const reason = new CanceledError();
    this.#abort.abort(reason);
    this.#pushed.end(reason);
  }

  push(chunk: Uint8Array | Float32Array): void {
    this.#pushed.push(chunk);
  }

  finishAudio({ error }: Extract<ToEngine, { kind: 'audio-end' }>): void {
    this.#pushed.end(error && deserializeError(error));
  }

  #context(): TaskContext<unknown> {
    const { job, audio } = this.#request;
    const { sessions, facts, send } = this.#surroundings;
    const { signal } = this.#abort;
    const onWarning = (warning: AudioWarning) => void this.#warnings.push(warning);
    return {
      signal,
      provider: facts.provider,
      openSession: (model, graph) => sessions.open(model, graph),
      prepareSessions: () => sessions.prepare(),
      openAudio: () => openDelivery(audio, this.#pushed, { signal, onWarning }),
      openPcm: () => openPcmDelivery(audio, this.#pushed, { signal, onWarning }),
      warnings: () => this.#warnings,
      now: () => performance.now() / 1000,
      progress: (progress) => this.#report(progress),
      emit: (event) => send({ kind: 'event', job, event }),
    };
  }

  #report(progress: TaskProgress): void {
    const now = performance.now();
    const last = this.#lastProgress;
    const isRecent = last?.stage === progress.stage && now - last.atMs < PROGRESS_INTERVAL_MS;
    if (isRecent && progress.done !== progress.total) return;
    this.#lastProgress = { stage: progress.stage, atMs: now };
    this.#surroundings.send({ kind: 'progress', job: this.#request.job, progress });
  }
}
