import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { JobResult } from '../../../sdk/contract/index.ts';
import type { DeskJob } from '../desk/desk-job.ts';
import { Counter, counter, gauge, Histogram } from './metric-family.ts';

const REQUEST_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600];
const JOB_SECONDS = [0.1, 0.5, 2, 10, 30, 120, 600, 3600];
const REALTIME_FACTORS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

/** Methods that have a number of their own; others are made up by callers. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

/** What is known of an answered request. Labels come from the server alone, never from what a caller wrote. */
export type AnsweredRequest = {
  readonly method: string;
  /** As the server names it: `/v1/jobs/:id`. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytesIn: number;
};

/** What the server is doing at the moment. */
export type Gauges = {
  readonly jobs: { readonly queued: number; readonly running: number };
  readonly liveSessions: number;
  readonly isReady: boolean;
  /** How often the engine had to be started again. */
  readonly engineRestarts: number;
};

/** What `/metrics` tells. */
export class ServerMetrics {
  readonly #requests = new Counter('colloquy_http_requests_total', 'Answered requests.');
  readonly #requestSeconds = new Histogram(
    'colloquy_http_request_seconds',
    'Time to the head of the answer.',
    REQUEST_SECONDS,
  );
  readonly #uploadBytes = new Counter(
    'colloquy_upload_bytes_total',
    'Bytes of bodies that say their length.',
  );
  readonly #jobsEnded = new Counter(
    'colloquy_jobs_ended_total',
    'Jobs that ended, calls that wait included.',
  );
  readonly #queueSeconds = new Histogram('colloquy_queue_seconds', 'Time that jobs waited.', JOB_SECONDS);
  readonly #jobSeconds = new Histogram('colloquy_job_seconds', 'Time that jobs ran.', JOB_SECONDS);
  readonly #audioSeconds = new Counter('colloquy_audio_seconds_total', 'Sound that was worked on.');
  readonly #realtimeFactor = new Histogram(
    'colloquy_realtime_factor',
    'Running time of a job over the length of its sound.',
    REALTIME_FACTORS,
  );
  readonly #stageSeconds = new Histogram(
    'colloquy_stage_seconds',
    'Time of work by stage, over the recordings of a job.',
    JOB_SECONDS,
  );
  readonly #eventLoop: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.#eventLoop.enable();
  }

  answered({ method, route, status, seconds, bytesIn }: AnsweredRequest): void {
    const labels = { route, method: METHODS.has(method) ? method : 'other' };
    this.#requests.add({ ...labels, status: String(status) });
    this.#requestSeconds.observe(labels, seconds);
    this.#uploadBytes.add({}, bytesIn);
  }

  jobEnded(job: DeskJob, result: JobResult | undefined): void {
    const { task, state, createdAtMs, startedAtMs, endedAtMs = Date.now() } = job;
    this.#jobsEnded.add({ task, state });
    this.#queueSeconds.observe({}, ((startedAtMs ?? endedAtMs) - createdAtMs) / 1000);
    if (startedAtMs === undefined) return;
    const seconds = (endedAtMs - startedAtMs) / 1000;
    this.#jobSeconds.observe({ task }, seconds);
    const done = (result?.results ?? []).flatMap((outcome) => ('error' in outcome ? [] : [outcome.result]));
    for (const { timings } of done)
      for (const [stage, spent] of Object.entries(timings)) this.#stageSeconds.observe({ stage }, spent);
    const audioSeconds = done.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
    if (audioSeconds <= 0) return;
    this.#audioSeconds.add({ task }, audioSeconds);
    this.#realtimeFactor.observe({ task }, seconds / audioSeconds);
  }

  text({ jobs, liveSessions, isReady, engineRestarts }: Gauges): string {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const p99 = this.#eventLoop.percentile(99) / 1e9;
    this.#eventLoop.reset();
    const [queued, running] = [{ state: 'queued' }, { state: 'running' }];
    const told = [
      this.#requests,
      this.#requestSeconds,
      this.#uploadBytes,
      this.#jobsEnded,
      this.#queueSeconds,
      this.#jobSeconds,
      this.#audioSeconds,
      this.#realtimeFactor,
      this.#stageSeconds,
      counter('colloquy_engine_restarts_total', 'Engines that were started again.', engineRestarts),
      gauge('colloquy_jobs', 'Jobs by state.', [
        [queued, jobs.queued],
        [running, jobs.running],
      ]),
      gauge('colloquy_live_sessions', 'Open live sessions.', [[{}, liveSessions]]),
      gauge('colloquy_ready', '1 once models are loaded, 0 while the server stops.', [[{}, Number(isReady)]]),
      gauge('colloquy_event_loop_delay_seconds', 'p99 since the last look.', [
        [{}, Number.isNaN(p99) ? 0 : p99],
      ]),
      gauge('process_resident_memory_bytes', 'Memory of the server, without that of the engine.', [
        [{}, rss],
      ]),
      gauge('process_heap_bytes', 'Heap in use.', [[{}, heapUsed]]),
      gauge('process_cpu_seconds', 'Processor time of the server, without that of the engine.', [
        [{}, (user + system) / 1e6],
      ]),
      gauge('process_start_time_seconds', 'Since 1970.', [[{}, Date.now() / 1000 - process.uptime()]]),
    ];
    return told.join('');
  }

  close(): void {
    this.#eventLoop.disable();
  }
}
