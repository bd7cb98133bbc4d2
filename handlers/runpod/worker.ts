import { InvalidInputError } from '../../core/errors.ts';
import { systemClock, type Clock } from '../../core/net/clock.ts';
import type { WorkerEnvironment } from './environment.ts';
import { describeError, errorText, type ErrorDescription } from './error-text.ts';
import { reportUnhealthy, runFitnessChecks, type FitnessCheck } from './fitness.ts';
import { handlerOfAnyInput, type JobHandler, type TypedHandler } from './jobs/handler.ts';
import { startHeartbeat, type Heartbeat } from './platform/heartbeat.ts';
import { JobPool } from './jobs/job-pool.ts';
import { givenBackBody, runHeldJob, type AbortReason, type JobRunnerOptions } from './jobs/job-runner.ts';
import { takeJobs } from './jobs/job-source.ts';
import type { RunpodJob } from './jobs/job.ts';
import { createStandardLog, type WorkerLog } from './log.ts';
import { refusedError, type OversizedResult } from './jobs/oversized-result.ts';
import { createPlatformClient, type PlatformClient } from './platform/platform-client.ts';
import { createResultSink, type ResultSink } from './platform/result-sink.ts';
import { Shutdown } from './shutdown.ts';
import { listenForStops } from './platform/stop-channel.ts';
import { DEFAULT_WORKER_TIMING, type WorkerTiming } from './timing.ts';
import { WakeUp } from './wake-up.ts';

/** What a worker does, and how. */
export type WorkerOptions<Input = unknown> = TypedHandler<Input> & {
  readonly environment: WorkerEnvironment;
  /** Jobs at once: a number, or a function that is asked before every poll with the present one. @default 1 */
  readonly concurrency?: number | ((current: number) => number);
  /** Must all hold before the first job is taken; models are loaded in one of them. @default none */
  readonly fitnessChecks?: readonly FitnessCheck[];
  /** Streamed values are also the final output, as a list. @default false */
  readonly aggregateStream?: boolean;
  /** One job per worker: every result asks the platform for a fresh one, and the worker ends. @default false */
  readonly refreshWorker?: boolean;
  /** Where results go that are too large to be posted. @default the job fails with the size in its error */
  readonly oversizedResult?: OversizedResult;
  /** What a caller is told when the handler throws. @default name and message, code and details of our errors */
  readonly describeError?: (error: unknown, jobId: string) => ErrorDescription;
  /** Told about a result that never reached the platform. @default it is logged only */
  readonly onResultLost?: (jobId: string, reason: string) => void;
  /** @default lines on stdout in the form that the platform reads */
  readonly log?: WorkerLog;
  /** Pauses and limits of the worker. @default `DEFAULT_WORKER_TIMING` */
  readonly timing?: Partial<WorkerTiming>;
  /** What time it is, and how to wait. @default the clock of this machine */
  readonly clock?: Clock;
};

/** 0: stopped as asked, with everything answered. 1: unfit to work, or a result was lost on the way out. */
export type WorkerExitCode = 0 | 1;

/** A worker at work, and how it is stopped. */
export type RunningWorker = {
  /** Settles when the worker has ended; rejects only for a bug of ours. */
  readonly finished: Promise<WorkerExitCode>;
  /**
   * Ends the worker: no new polls, running jobs may go on for `drainMs`, then they are given back with an error.
   * A second call shortens the time.
   */
  stop(drainMs?: number): void;
  /** Sets how many jobs run at once, from now on. */
  resize(concurrency: number): void;
};

/**
 * Starts a queue worker for RunPod: checks fitness, then takes jobs, runs them and posts their results until it is
 * stopped. Signals of the process are left to the caller.
 *
 * @throws InvalidInputError `invalid_option` for a handler that is no function or a concurrency under 1
 * @throws DependencyError `configuration_invalid` when the environment has no addresses of the platform
 */
export function startWorker<Input = unknown>(options: WorkerOptions<Input>): RunningWorker {
  if (typeof (options.handler as unknown) !== 'function') {
    throw new InvalidInputError(
      'invalid_option',
      'The worker needs a handler: a function of (job, context).',
    );
  }
  const worker = new QueueWorker(options, handlerOfAnyInput(options));
  return {
    finished: worker.run(),
    stop: (drainMs) => worker.stop(drainMs),
    resize: (concurrency) => worker.resize(concurrency),
  };
}

/** All that a worker is made of but its handler. */
type WorkerSetup = Omit<WorkerOptions, 'handler' | 'parseInput'>;

class QueueWorker {
  readonly #options: WorkerSetup;
  readonly #handler: JobHandler;
  readonly #environment: WorkerEnvironment;
  readonly #timing: WorkerTiming;
  readonly #clock: Clock;
  readonly #log: WorkerLog;
  readonly #client: PlatformClient;
  readonly #sink: ResultSink;
  readonly #runner: JobRunnerOptions;
  readonly #pool: JobPool;
  readonly #changed = new WakeUp();
  readonly #shutdown: Shutdown;
  #heartbeat: Heartbeat | undefined;
  #limit: number;
  #lostResults = 0;
  #idle: (() => void) | undefined;

  constructor(options: WorkerSetup, handler: JobHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#environment = options.environment;
    this.#timing = { ...DEFAULT_WORKER_TIMING, ...options.timing };
    this.#shutdown = new Shutdown(this.#timing);
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? createStandardLog(options.environment);
    this.#limit = typeof options.concurrency === 'number' ? checkLimit(options.concurrency) : 1;
    this.#client = createPlatformClient(options.environment, this.#timing);
    this.#sink = this.#createSink();
    this.#runner = this.#runnerOptions();
    this.#pool = new JobPool(this.#limit, {
      run: (held, freePlace) => runHeldJob(held, this.#runner, freePlace),
      onChange: () => this.#onChange(),
    });
  }

  async run(): Promise<WorkerExitCode> {
    const unfit = await runFitnessChecks(this.#options.fitnessChecks ?? [], this.#log);
    if (unfit !== undefined) {
      await reportUnhealthy(unfit, this.#environment, this.#timing.unhealthyReportMs);
      this.#shutdown.finish();
      this.#client.close();
      return 1;
    }
    this.#heartbeat = startHeartbeat(this.#environment, this.#log);
    const stops = this.#listenForStops();
    await this.#takeJobs();
    await this.#untilIdle();
    this.#shutdown.finish();
    await stops;
    await this.#heartbeat?.stop();
    this.#client.close();
    return this.#lostResults === 0 ? 0 : 1;
  }

  stop(drainMs = this.#timing.drainMs): void {
    const { over, noMorePolls } = this.#shutdown;
    if (!over.aborted && !noMorePolls.aborted) this.#log('INFO', 'Stopping: no new jobs are taken.');
    this.#shutdown.drain(drainMs, () => this.#giveBackJobs());
    this.#changed.wake();
  }

  resize(concurrency: number): void {
    this.#limit = checkLimit(concurrency);
    this.#pool.resize(this.#limit);
  }

  async #takeJobs(): Promise<void> {
    await takeJobs({
      client: this.#client,
      clock: this.#clock,
      timing: this.#timing,
      log: this.#log,
      demand: () => this.#demand(),
      onJobs: (jobs) => this.#accept(jobs),
      changed: this.#changed,
      noMorePolls: this.#shutdown.noMorePolls,
      giveUpPoll: this.#shutdown.giveUpPoll,
    });
  }

  async #listenForStops(): Promise<void> {
    if (this.#client.stop === undefined) return;
    const stopped: AbortReason = 'stopped';
    await listenForStops({
      poll: this.#client.stop,
      clock: this.#clock,
      timing: this.#timing,
      log: this.#log,
      signal: this.#shutdown.over,
      onStop: (jobId) => {
        if (this.#pool.abort(jobId, stopped)) this.#log('INFO', 'Stopping job.', jobId);
      },
    });
  }

  #demand(): { wanted: number; busy: boolean } {
    const { concurrency } = this.#options;
    if (typeof concurrency === 'function') this.resize(concurrency(this.#limit));
    // Results that the platform does not take pile up in memory: past one a place, more work only adds to them.
    const undelivered = this.#pool.ids.length - this.#pool.count;
    return { wanted: undelivered > this.#limit ? 0 : this.#pool.free, busy: this.#pool.count > 0 };
  }

  #accept(jobs: readonly RunpodJob[]): void {
    for (const { id } of this.#pool.accept(jobs)) {
      this.#log('WARN', 'The job was delivered twice and is in hand already.', id);
    }
  }

  #onChange(): void {
    this.#heartbeat?.update(this.#pool.ids);
    this.#changed.wake();
    if (this.#pool.ids.length === 0) this.#idle?.();
  }

  async #untilIdle(): Promise<void> {
    while (this.#pool.ids.length > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #refresh(): void {
    this.#shutdown.endPolls();
    this.#changed.wake();
  }

  /** The time to end is over: what still runs is answered with an error. */
  #giveBackJobs(): void {
    const givenBack: AbortReason = 'given back';
    for (const { job, state } of this.#pool.jobs) {
      if (state === 'answered') continue;
      this.#log('WARN', 'Given back: the worker has to end.', job.id);
      if (state === 'waiting') {
        const body = givenBackBody(job.id, this.#runner);
        this.#pool.keepUntilDelivered(job.id, this.#sink.post(job.id, body, false).settled);
      }
      this.#pool.abort(job.id, givenBack);
    }
  }

  #createSink(): ResultSink {
    return createResultSink({
      client: this.#client,
      clock: this.#clock,
      timing: this.#timing,
      log: this.#log,
      signal: this.#shutdown.giveUpPosts,
      refusedBody: (jobId, status, bytes) => {
        const description = this.#runner.describeError(refusedError(status, bytes), jobId);
        return JSON.stringify({ error: this.#runner.errorText(description) });
      },
      onLost: (jobId, reason) => {
        this.#lostResults += 1;
        this.#options.onResultLost?.(jobId, reason);
      },
    });
  }

  #runnerOptions(): JobRunnerOptions {
    return {
      handler: this.#handler,
      aggregateStream: this.#options.aggregateStream ?? false,
      refreshWorker: this.#options.refreshWorker ?? false,
      oversizedResult: this.#options.oversizedResult,
      describeError: this.#options.describeError ?? describeError,
      errorText: (description) => errorText(description, this.#environment),
      client: this.#client,
      sink: this.#sink,
      clock: this.#clock,
      timing: this.#timing,
      log: this.#log,
      onRefresh: () => this.#refresh(),
    };
  }
}

function checkLimit(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency;
  throw new InvalidInputError(
    'invalid_option',
    `The concurrency of a worker must be a whole number of at least 1, not ${concurrency}.`,
  );
}
