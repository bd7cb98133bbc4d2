import { Hono } from 'hono';
import { InvalidInputError } from '../../../core/errors.ts';
import { type JobEventsReply, JOB_REPLY_STATES, SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { isOverJob, type DeskEvent, type DeskJob } from '../desk/desk-job.ts';
import { eventStream, type ServerSentEvent } from '../http/sse.ts';
import { readSubmission, type JobSubmission } from '../http/submission.ts';
import { eraseUploads, orNothingKept } from '../http/uploads.ts';
import { withVoices } from '../voices/submitted-voices.ts';
import { checkJobWithoutAudio } from '../../work/jobs/job-without-audio.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { jobReply } from './job-reply.ts';

const MAX_WAIT_SECONDS = 60;
const MAX_PAGE = 200;

/** `/v1/jobs`: work that goes on after the request. */
export function jobRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const { desk } = context;
  const routes = new Hono<ServerEnvironment>();

  routes.post('/', async (c) => {
    desk.checkRoom();
    const { id: owner } = c.get('caller');
    const read = await readSubmission(c.req.raw, context, owner);
    const submission = await orNothingKept(read, context.recordings, async () => {
      const full = await withVoices(read, c.get('caller'), context);
      checkSubmission(full, context, owner);
      return full;
    });
    const { job, isNew } = await submitJob(submission, context);
    const headers = { location: `/v1/jobs/${job.id}`, 'retry-after': '1' };
    return c.json(jobReply(job, context), isNew ? 202 : 200, headers);
  });

  routes.get('/', (c) => c.json(page(desk.list(c.get('caller').id), c.req.query(), context)));

  routes.get('/:id', async (c) => {
    const { id: owner } = c.get('caller');
    const id = c.req.param('id');
    const wait = Math.min(MAX_WAIT_SECONDS, Number(c.req.query('wait') ?? 0) || 0);
    const before = desk.get(id, owner);
    if (wait > 0 && !isOverJob(before)) await untilChange(context, before, wait, c.req.raw.signal);
    const job = desk.get(id, owner);
    const output = job.state === 'completed' ? await desk.result(id, owner) : undefined;
    return c.json(jobReply(job, context, output));
  });

  routes.get('/:id/events', async (c) => {
    const { id: owner } = c.get('caller');
    const id = c.req.param('id');
    const job = desk.get(id, owner);
    const last = Number(c.req.header('last-event-id') ?? 0);
    const after = Number.isInteger(last) && last > 0 ? last : 0;
    if (wantsJson(c.req.header('accept'))) return c.json(await eventsNow(context, job, after));
    // 204 stops an EventSource for good; any other end has it come again.
    if (isOverJob(job) && after > (await desk.lastEventNumber(id))) return c.body(null, 204);
    return eventStream((signal) => jobEvents(context, id, owner, after, signal), { retryMs: 2_000 });
  });

  routes.post('/:id/cancel', async (c) =>
    c.json(jobReply(await desk.cancel(c.req.param('id'), c.get('caller').id), context)),
  );

  routes.delete('/:id', async (c) => {
    const { id: owner } = c.get('caller');
    const id = c.req.param('id');
    if (c.req.query('erase') !== 'true') return c.json(jobReply(await desk.cancel(id, owner), context));
    await desk.erase(id, owner);
    return c.body(null, 204);
  });

  return routes;
}

/** Hands a job to the desk. What was uploaded goes where the desk refuses it, or has the same job already. */
export async function submitJob(
  { uploads, ...request }: JobSubmission,
  { desk, recordings }: Pick<ServerContext, 'desk' | 'recordings'>,
): Promise<{ readonly job: DeskJob; readonly isNew: boolean }> {
  return orNothingKept({ uploads }, recordings, async () => {
    const submitted = await desk.submit({ ...request, isKept: true });
    if (!submitted.isNew) await eraseUploads({ uploads }, recordings);
    return submitted;
  });
}

/** Everything that can be seen to be wrong is told before the job is taken. */
export function checkSubmission(
  {
    input,
    sources,
  }: { readonly input: Readonly<Record<string, unknown>>; readonly sources: readonly unknown[] },
  { services, recordings, hasWebhooks }: ServerContext,
  owner: string,
): void {
  checkJobWithoutAudio(input, sources.length, services);
  if (input.webhook !== undefined && !hasWebhooks) {
    throw new InvalidInputError(
      'invalid_option',
      'webhook: this server signs none, since COLLOQUY_WEBHOOK_SECRET is not set. Follow the events of the job instead.',
      { details: { option: 'webhook' } },
    );
  }
  for (const source of sources) {
    if (typeof source === 'object' && source !== null && 'recording' in source) {
      recordings.get(String(source.recording), owner);
    }
  }
}

function page(
  jobs: readonly DeskJob[],
  query: Record<string, string>,
  context: ServerContext,
): Record<string, unknown> {
  const { state, task, cursor } = query;
  if (state !== undefined && !JOB_REPLY_STATES.some((known) => known === state)) {
    throw new InvalidInputError('invalid_option', `state: expected one of ${JOB_REPLY_STATES.join(', ')}.`, {
      details: { option: 'state' },
    });
  }
  const limit = Math.min(MAX_PAGE, Math.max(1, Math.floor(Number(query.limit ?? 50)) || 50));
  const matching = jobs.filter(
    (job) => (state === undefined || job.state === state) && (task === undefined || job.task === task),
  );
  const start =
    cursor === undefined
      ? 0
      : matching.findIndex((job) => cursorOf(job) < Buffer.from(cursor, 'base64url').toString());
  const shown = start < 0 ? [] : matching.slice(start, start + limit);
  const isLast = start < 0 || start + limit >= matching.length;
  const last = shown.at(-1);
  return {
    schemaVersion: SCHEMA_VERSION,
    jobs: shown.map((job) => jobReply(job, context)),
    nextCursor: isLast || last === undefined ? null : Buffer.from(cursorOf(last)).toString('base64url'),
  };
}

/** Time and id: a job that comes meanwhile moves no page. */
function cursorOf({ createdAtMs, id }: DeskJob): string {
  return `${String(createdAtMs).padStart(16, '0')}${id}`;
}

/** Until the job is another than it was, or the time is over. */
async function untilChange(
  { desk }: ServerContext,
  job: DeskJob,
  seconds: number,
  gone: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(seconds * 1000), gone]);
  // What was told before is no change; what happened since the job was looked at is one.
  const told = await desk.lastEventNumber(job.id);
  if (desk.get(job.id, job.owner).state !== job.state) return;
  try {
    for await (const event of desk.events(job.id, job.owner, told, signal)) {
      if (event.type === 'state' && event.job.state !== job.state) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Programs that ask again and again want what there is; all others, as browsers and curl, get a stream. */
function wantsJson(accept = ''): boolean {
  return accept.includes('application/json') && !accept.includes('text/event-stream');
}

async function eventsNow(
  { desk }: ServerContext,
  { id, owner, state }: DeskJob,
  after: number,
): Promise<JobEventsReply> {
  const events = await desk.eventsSince(id, owner, after);
  const lastEventId = events.at(-1)?.number ?? after;
  return {
    schemaVersion: SCHEMA_VERSION,
    state,
    events: events.map((event) => onTheWire(event).data),
    lastEventId,
  };
}

/** Events on the wire: `state`, those of the contract, then the result or the error. */
async function* jobEvents(
  { desk }: ServerContext,
  id: string,
  owner: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  let last = after;
  for await (const event of desk.events(id, owner, after, signal)) {
    last = event.number;
    yield onTheWire(event);
  }
  const job = desk.get(id, owner);
  if (!isOverJob(job)) return;
  if (job.state === 'completed') {
    const output = await desk.result(id, owner);
    yield { id: last + 1, event: 'result', data: { schemaVersion: SCHEMA_VERSION, type: 'result', output } };
  } else if (job.error !== undefined) {
    yield {
      id: last + 1,
      event: 'error',
      data: { schemaVersion: SCHEMA_VERSION, type: 'error', index: 0, error: job.error },
    };
  }
}

function onTheWire(event: DeskEvent): ServerSentEvent {
  if (event.type === 'stream') return { id: event.number, event: event.event.type, data: event.event };
  const { state } = event.job;
  const position = event.position === undefined ? {} : { position: event.position };
  return {
    id: event.number,
    event: 'state',
    data: { schemaVersion: SCHEMA_VERSION, type: 'state', state, ...position },
  };
}
