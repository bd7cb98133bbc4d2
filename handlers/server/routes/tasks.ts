import { Hono } from 'hono';
import { InvalidInputError } from '../../../core/errors.ts';
import { formatOf, renderResult } from '../../../core/formats/index.ts';
import {
  SCHEMA_VERSION,
  TASKS,
  type JobResult,
  type StreamEvent,
  type Task,
} from '../../../sdk/contract/index.ts';
import type { Caller } from '../http/keys.ts';
import { eventStream, type ServerSentEvent } from '../http/sse.ts';
import { readSubmission, type JobSubmission } from '../http/submission.ts';
import { eraseUploads, orNothingKept } from '../http/uploads.ts';
import { withVoices } from '../voices/submitted-voices.ts';
import { streamJob } from '../../work/jobs/stream-job.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { jobReply } from './job-reply.ts';
import { recordingResult } from '../desk/recording-result.ts';
import { checkSubmission, submitJob } from './jobs.ts';
import { withCharset } from './results.ts';

/** `/v1/diarize` and its like: the reply is the result, and nothing is kept. */
export function taskRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  for (const task of TASKS)
    routes.post(`/${task}`, (c) => runTask(c.req.raw, c.get('caller'), task, context));
  return routes;
}

async function runTask(
  request: Request,
  caller: Caller,
  task: Task,
  context: ServerContext,
): Promise<Response> {
  const { desk } = context;
  const { id: owner } = caller;
  desk.checkRoom();
  const url = new URL(request.url);
  const format = url.searchParams.get('format');
  if (format !== null) formatOf(format);
  url.searchParams.delete('format');
  const read = await readSubmission(withUrl(request, url), context, owner, task);
  const isAsync = /\brespond-async\b/.test(request.headers.get('prefer') ?? '');
  const submission = await orNothingKept(read, context.recordings, async () => {
    const full = await withVoices(read, caller, context);
    checkSubmission(full, context, owner);
    if (!isAsync && full.input.webhook !== undefined) throw jobsAlone('webhook');
    return full;
  });
  if (isAsync) {
    const { job } = await submitJob(submission, context);
    return Response.json(jobReply(job, context), {
      status: 202,
      headers: { location: `/v1/jobs/${job.id}`, 'preference-applied': 'respond-async' },
    });
  }
  if (/\btext\/event-stream\b/.test(request.headers.get('accept') ?? '')) {
    return eventStream((signal) => taskEvents(submission, context, signal));
  }
  const result = await runAndForget(submission, context, request.signal);
  if (format === null) return Response.json(result);
  const { mediaType } = formatOf(format);
  const rendered = await renderResult(recordingResult(result, 0), format);
  return new Response(typeof rendered === 'string' ? rendered : new Uint8Array(rendered), {
    headers: { 'content-type': withCharset(mediaType) },
  });
}

function jobsAlone(option: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `${option}: only jobs have one, and this call waits for its result. Send it to /v1/jobs.`,
    { details: { option } },
  );
}

/** Runs a job of which nothing is kept, what was uploaded for it included. */
export async function runAndForget(
  { uploads, ...request }: JobSubmission,
  { desk, recordings }: ServerContext,
  signal: AbortSignal,
  onEvent?: (event: StreamEvent) => void,
): Promise<JobResult> {
  try {
    return await desk.runOnce(request, signal, onEvent);
  } finally {
    await eraseUploads({ uploads }, recordings);
  }
}

async function* taskEvents(
  submission: JobSubmission,
  context: ServerContext,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  const events = streamJob((stop, onEvent) => runAndForget(submission, context, stop, onEvent), signal);
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) {
      yield { event: 'result', data: { schemaVersion: SCHEMA_VERSION, type: 'result', output: value } };
      return;
    }
    yield { event: value.type, data: value };
  }
}

/** The same request with another query. */
function withUrl(request: Request, url: URL): Request {
  return new Request(url, {
    method: request.method,
    headers: request.headers,
    body: request.body,
    signal: request.signal,
    duplex: 'half',
  });
}
