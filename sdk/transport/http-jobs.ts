import { jobReplySchema } from '../contract/job-reply.ts';
import type { FetchFunction, CompleteOptions } from '../client/client-options.ts';
import { requestJson } from './json-http.ts';
import type { JobSnapshot, Transport } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';

/** Audio bytes in one job of a server; larger files are uploaded. */
const HTTP_INLINE_AUDIO_BYTES = 25_000_000;

function readReply(reply: unknown): JobSnapshot {
  const parsed = jobReplySchema.safeParse(reply);
  if (!parsed.success) throw new TransportFailure('malformed', { cause: parsed.error });
  const { id, state, progress, output, error } = parsed.data;
  return { id, state, output: output ?? progress, error };
}

/** The job routes of a Colloquy server. */
export function createHttpJobsTransport(options: CompleteOptions, fetchFunction: FetchFunction): Transport {
  const jobs = `${options.baseUrl}/v1/jobs`;
  const headers = {
    'content-type': 'application/json',
    ...(options.apiKey === '' ? {} : { authorization: `Bearer ${options.apiKey}` }),
  };
  const about = (jobId: string) => ({
    url: `${jobs}/${encodeURIComponent(jobId)}`,
    headers,
    timeoutMs: options.requestTimeoutMs,
  });

  async function status(jobId: string, signal: AbortSignal): Promise<JobSnapshot> {
    return readReply(await requestJson(fetchFunction, { method: 'GET', ...about(jobId), signal }));
  }

  return {
    inlineAudioBytes: HTTP_INLINE_AUDIO_BYTES,
    submit: async ({ input }, signal) => {
      const key: Record<string, string> =
        input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey };
      return readReply(
        await requestJson(fetchFunction, {
          method: 'POST',
          url: jobs,
          headers: { ...headers, ...key },
          body: JSON.stringify(input),
          timeoutMs: options.submitTimeoutMs,
          signal,
        }),
      );
    },
    status,
    cancel: async (jobId, signal) => {
      await requestJson(fetchFunction, { method: 'DELETE', ...about(jobId), signal });
    },
    // Progress is the only event that these routes have.
    events: async (jobId, signal) => ({ state: (await status(jobId, signal)).state, events: [] }),
  };
}
