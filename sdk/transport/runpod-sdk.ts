import { retryAfterMs } from '../../core/net/retry-after.ts';
import type { CompleteOptions } from '../client/client-options.ts';
import { importOptional } from '../audio/node-runtime.ts';
import { readRunReply, readStatusReply, runBody } from './runpod-wire.ts';
import { untilAborted } from './sleep.ts';
import type { Transport } from './transport.ts';
import { TransportFailure, serverMessageOf } from './transport-failure.ts';

/** The four quiet methods of an endpoint of `runpod-sdk`; its polling helpers print, loop without pause, or never end. */
type RunpodEndpoint = {
  run(request: unknown, timeoutMs: number): Promise<unknown>;
  status(jobId: string, timeoutMs: number): Promise<unknown>;
  cancel(jobId: string, timeoutMs: number): Promise<unknown>;
};

type RunpodModule = {
  default(apiKey: string, options: { baseUrl: string }): { endpoint(id: string): RunpodEndpoint | null };
};

/**
 * No time-out inside `runpod-sdk`: its timer outlives a failed connection and keeps the process alive, and it does
 * not cover the body of the reply. Ours does.
 */
const NO_INNER_TIMEOUT = 0;

/** HTTP errors carry a response with status, data and headers; everything else is a plain `Error`. */
function asFailure(error: unknown): TransportFailure {
  const response = (error as { response?: { status?: number; data?: unknown; headers?: Headers } }).response;
  if (typeof response?.status !== 'number') return new TransportFailure('network', { cause: error });
  return new TransportFailure('status', {
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers?.get('retry-after'), Date.now()),
    serverMessage: serverMessageOf(response.data),
  });
}

/** A 2xx other than 200 comes back as its status line, without the body. */
function isStatusLine(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && 'statusText' in reply && !('id' in reply);
}

/** Loads `runpod-sdk`; `undefined` in a bundle that left it behind. */
async function openEndpoint(options: CompleteOptions): Promise<RunpodEndpoint | undefined> {
  const module = (await importOptional('runpod-sdk').catch(() => undefined)) as RunpodModule | undefined;
  return (
    module?.default(options.apiKey, { baseUrl: options.baseUrl }).endpoint(options.endpointId!) ?? undefined
  );
}

/** Runs one call within its time; what it does after that is nobody's business. */
async function withinTime(
  call: () => Promise<unknown>,
  timeoutMs: number,
  outer: AbortSignal,
): Promise<unknown> {
  outer.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new TransportFailure('timeout')), timeoutMs);
  try {
    const reply = await untilAborted(call(), AbortSignal.any([outer, timeout.signal]));
    if (isStatusLine(reply)) throw new TransportFailure('malformed');
    return reply;
  } catch (error) {
    outer.throwIfAborted();
    throw error instanceof TransportFailure ? error : asFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * RunPod through `runpod-sdk`, which is loaded at the first request.
 *
 * @param plain does what `runpod-sdk` cannot do properly: reading events
 */
export function createRunpodSdkTransport(options: CompleteOptions, plain: Transport): Transport {
  let loading: Promise<RunpodEndpoint | undefined> | undefined;
  const load = (): Promise<RunpodEndpoint | undefined> => (loading ??= openEndpoint(options));
  const { requestTimeoutMs, submitTimeoutMs } = options;

  return {
    inlineAudioBytes: plain.inlineAudioBytes,
    async submit(submission, signal) {
      const endpoint = await load();
      if (endpoint === undefined) return plain.submit(submission, signal);
      const run = (): Promise<unknown> => endpoint.run(runBody(submission), NO_INNER_TIMEOUT);
      return readRunReply(await withinTime(run, submitTimeoutMs, signal));
    },
    async status(jobId, signal) {
      const endpoint = await load();
      if (endpoint === undefined) return plain.status(jobId, signal);
      const status = (): Promise<unknown> => endpoint.status(encodeURIComponent(jobId), NO_INNER_TIMEOUT);
      return readStatusReply(await withinTime(status, requestTimeoutMs, signal));
    },
    async cancel(jobId, signal) {
      const endpoint = await load();
      if (endpoint === undefined) return plain.cancel(jobId, signal);
      const cancel = (): Promise<unknown> => endpoint.cancel(encodeURIComponent(jobId), NO_INNER_TIMEOUT);
      await withinTime(cancel, requestTimeoutMs, signal);
    },
    events: (jobId, signal) => plain.events(jobId, signal),
  };
}
