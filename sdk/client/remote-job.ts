import { followJob } from './follow-job.ts';
import { eventsOf } from './job-events.ts';
import { startLimits, withinLimits, type CallLimits } from '../limits.ts';
import { readOutput } from './read-output.ts';
import { Job, type WaitOptions } from './job.ts';
import type { Service } from './service.ts';
import { hasEnded, type JobSnapshot, type JobState } from '../transport/transport.ts';
import type { JobResult, StreamEvent, Task } from '../wire.ts';

/**
 * A job on a platform, looked at by its id; `client.get(id)` finds it again.
 */
export class RemoteJob<T extends Task = Task> extends Job<T> {
  readonly id: string;
  readonly #service: Service;
  #last: JobSnapshot;

  /** Made by `client.submit` and `client.get`. */
  constructor(service: Service, snapshot: JobSnapshot) {
    super();
    this.#service = service;
    this.#last = snapshot;
    this.id = snapshot.id;
  }

  get state(): JobState {
    return this.#last.state;
  }

  async refresh(limits: CallLimits = {}): Promise<JobState> {
    if (!hasEnded(this.#last.state)) {
      this.#last = await withinLimits(limits, (signal) => this.#service.status(this.id, signal));
    }
    return this.#last.state;
  }

  wait(options: WaitOptions = {}): Promise<JobResult> {
    return this.#whileWaiting(options, async (signal) => {
      if (!hasEnded(this.#last.state)) {
        this.#last = await followJob(this.#service, this.id, signal, options.onProgress);
      }
      return readOutput(this.#last, this.#service, signal);
    });
  }

  async *events(limits: CallLimits = {}): AsyncGenerator<StreamEvent, void> {
    const running = startLimits(limits);
    try {
      running.signal.throwIfAborted();
      this.#last = yield* eventsOf(this.#service, this.id, running.signal);
      await readOutput(this.#last, this.#service, running.signal);
    } catch (error) {
      await this.#abandonIfCanceled(running.reached());
      throw running.explain(error);
    } finally {
      running.release();
    }
  }

  async cancel(limits: CallLimits = {}): Promise<void> {
    if (hasEnded(this.#last.state)) return;
    await withinLimits(limits, (signal) => this.#service.cancel(this.id, signal));
  }

  #whileWaiting<R>(limits: CallLimits, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
    return withinLimits(limits, work, (reason) => this.#abandonIfCanceled(reason));
  }

  async #abandonIfCanceled(reason: 'canceled' | 'deadline' | undefined): Promise<void> {
    if (reason === 'canceled' && !hasEnded(this.#last.state)) await this.#service.abandon(this.id);
  }
}
