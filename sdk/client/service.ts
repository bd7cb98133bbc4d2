import type { CompleteOptions } from './client-options.ts';
import { sendReliably } from './send-reliably.ts';
import { sleep, untilAborted } from '../transport/sleep.ts';
import type { JobSnapshot, Submission, Transport } from '../transport/transport.ts';

/** After an abort, how long the caller waits so that the job is canceled on the platform too. */
const CANCEL_GRACE_MS = 3_000;

/** The transport with retries, and with failures as the caller shall hear them. */
export type Service = {
  readonly options: CompleteOptions;
  readonly transport: Transport;
  submit(submission: Submission, signal: AbortSignal): Promise<JobSnapshot>;
  status(jobId: string, signal: AbortSignal): Promise<JobSnapshot>;
  cancel(jobId: string, signal: AbortSignal): Promise<void>;
  /** Cancels without a word: the caller has gone. Ends within the grace time, and never rejects. */
  abandon(jobId: string): Promise<void>;
};

async function settledWithinGrace(work: Promise<unknown>): Promise<void> {
  const grace = new AbortController();
  await Promise.race([work, sleep(CANCEL_GRACE_MS, grace.signal)]).catch(() => undefined);
  grace.abort();
}

/** Adds retries and typed errors to a transport. */
export function createService(transport: Transport, options: CompleteOptions): Service {
  const service: Service = {
    options,
    transport,
    async submit(submission, signal) {
      // The request itself is never cut: a job whose reply is lost would run on unseen. It is canceled when the reply is in.
      const send = (): Promise<JobSnapshot> => transport.submit(submission, new AbortController().signal);
      const submitting = sendReliably(send, { kind: 'submit' }, options, signal);
      try {
        return await untilAborted(submitting, signal);
      } catch (error) {
        if (signal.aborted) await settledWithinGrace(submitting.then(({ id }) => service.abandon(id)));
        throw error;
      }
    },
    status: (jobId, signal) =>
      sendReliably(() => transport.status(jobId, signal), { kind: 'job', jobId }, options, signal),
    cancel: (jobId, signal) =>
      sendReliably(() => transport.cancel(jobId, signal), { kind: 'job', jobId }, options, signal),
    async abandon(jobId) {
      const limit = AbortSignal.timeout(CANCEL_GRACE_MS);
      await service.cancel(jobId, limit).catch((error: unknown) => {
        options.logger?.warn?.('job could not be canceled', { jobId, reason: (error as Error).name });
      });
    },
  };
  return service;
}
