import { jobEventsReplySchema, jobReplySchema } from '../contract/job-reply.ts';
import type { FetchFunction, CompleteOptions } from '../client/client-options.ts';
import type { FormAudio } from '../audio/form-audio.ts';
import type { JobInput } from '../wire.ts';
import { requestJson } from './json-http.ts';
import { serverEvents } from './server-events.ts';
import { type EventBatch, hasEnded, type JobSnapshot, type Transport } from './transport.ts';
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
  const authorization = serverHeaders(options);
  const headers = { 'content-type': 'application/json', ...authorization };
  const about = (jobId: string) => ({
    url: `${jobs}/${encodeURIComponent(jobId)}`,
    headers,
    timeoutMs: options.requestTimeoutMs,
  });

  async function status(jobId: string, signal: AbortSignal): Promise<JobSnapshot> {
    return readReply(await requestJson(fetchFunction, { method: 'GET', ...about(jobId), signal }));
  }

  /** Number of the last event that was read, for jobs that still run. */
  const lastRead = new Map<string, number>();

  async function events(jobId: string, signal: AbortSignal): Promise<EventBatch> {
    const { url, ...request } = about(jobId);
    const position = { 'last-event-id': String(lastRead.get(jobId) ?? 0) };
    const reply = await requestJson(fetchFunction, {
      method: 'GET',
      ...request,
      url: `${url}/events`,
      headers: { ...headers, ...position },
      signal,
    });
    const parsed = jobEventsReplySchema.safeParse(reply);
    if (!parsed.success) throw new TransportFailure('malformed', { cause: parsed.error });
    const batch = parsed.data;
    if (batch.events.length > 0) lastRead.set(jobId, batch.lastEventId);
    else if (hasEnded(batch.state)) lastRead.delete(jobId);
    return { state: batch.state, events: batch.events.filter(isNoProgress) };
  }

  return {
    inlineAudioBytes: HTTP_INLINE_AUDIO_BYTES,
    takesForms: true,
    submit: async ({ input, form }, signal) => {
      const key: Record<string, string> =
        input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey };
      return readReply(
        await requestJson(fetchFunction, {
          method: 'POST',
          url: jobs,
          headers: { ...(form === undefined ? headers : authorization), ...key },
          body: form === undefined ? JSON.stringify(input) : formOf(input, form),
          timeoutMs: options.submitTimeoutMs,
          signal,
        }),
      );
    },
    status,
    cancel: async (jobId, signal) => {
      await requestJson(fetchFunction, { method: 'DELETE', ...about(jobId), signal });
    },
    events,
    follow: (jobId, after, signal) => {
      const { url, timeoutMs } = about(jobId);
      return serverEvents(fetchFunction, {
        url: `${url}/events`,
        headers: authorization,
        after,
        timeoutMs,
        signal,
      });
    },
  };
}

/** The key of a server, where there is one. */
export function serverHeaders({ apiKey }: Pick<CompleteOptions, 'apiKey'>): Record<string, string> {
  return apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };
}

/** A job with its recordings as files; those that are elsewhere stay where they are. */
function formOf({ audio: _, ...job }: JobInput, { sources, files }: FormAudio): FormData {
  const form = new FormData();
  form.append('job', JSON.stringify({ ...job, audio: sources }));
  for (const { blob, name } of files) form.append('file', blob, name);
  return form;
}

/** How far a job is its status says, to all who ask. */
function isNoProgress(event: unknown): boolean {
  return !(typeof event === 'object' && event !== null && 'type' in event && event.type === 'progress');
}
