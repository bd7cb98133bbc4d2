import type { JobInput, JobResult } from '../../../sdk/contract/index.ts';
import type { WebhookSender } from '../../work/webhook/webhook-sender.ts';
import type { DeskJob, DeskRequest } from '../desk/desk-job.ts';
import type { EndedJobFacts } from './job-log.ts';
import type { ServerMetrics } from './server-metrics.ts';
import { traceContextOf, traceparentOf } from './trace-context.ts';

/** A server has more patience than a worker that is paid for by the second. */
const RETRY_DELAYS_MS: readonly number[] = [2_000, 10_000, 60_000, 300_000];

export type EndedJobsOptions = {
  readonly metrics: ServerMetrics;
  readonly webhooks: WebhookSender | undefined;
  readonly onEnded: (facts: EndedJobFacts) => void;
};

/** What is done once a job has ended: numbers, a line of the log, and word to the address that it named. */
export class EndedJobs {
  readonly #options: EndedJobsOptions;
  readonly #stop = new AbortController();
  readonly #deliveries = new Set<Promise<void>>();

  constructor(options: EndedJobsOptions) {
    this.#options = options;
  }

  ended(job: DeskJob, request: DeskRequest, result: JobResult | undefined): void {
    this.#options.metrics.jobEnded(job, result);
    const { traceId } = traceContextOf(request.traceparent) ?? {};
    this.#options.onEnded({ job, traceId });
    // Who cancels a job knows that it has ended; who waits for a call has its answer.
    if (!request.isKept || job.state === 'canceled') return;
    const delivery = this.#tell(job, request).finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
  }

  /** Webhooks that are on their way end; those that were refused are not tried again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#deliveries);
    await this.#options.webhooks?.close();
  }

  async #tell(job: DeskJob, { input, traceparent }: DeskRequest): Promise<void> {
    const trace = traceContextOf(traceparent);
    const webhook = await this.#options.webhooks?.send(
      // The desk takes no job that is not one of the contract.
      { jobId: job.id, input: input as Pick<JobInput, 'task' | 'webhook'>, error: job.error },
      {
        signal: this.#stop.signal,
        retryDelaysMs: RETRY_DELAYS_MS,
        traceparent: trace === undefined ? undefined : traceparentOf(trace),
      },
    );
    if (webhook !== undefined) this.#options.onEnded({ job, traceId: trace?.traceId, webhook });
  }
}
