import { InvalidInputError } from '../../../core/errors.ts';
import { audioSourceSchema, TASKS, type Task } from '../../../sdk/contract/index.ts';
import { MAX_JSON_DEPTH, parseJsonObject } from '../../work/http/json-text.ts';
import type { DeskRequest, DeskSource } from '../desk/desk-job.ts';
import { isId } from '../desk/random-ids.ts';
import type { ServerContext } from '../server-context.ts';
import { traceContextOf } from '../operation/trace-context.ts';
import { rm } from 'node:fs/promises';
import { keepUploads, type Uploads } from './uploads.ts';
import { formOptions } from './form-options.ts';
import { readForm } from './read-form.ts';
import { readText } from './read-text.ts';

/** A job as a request asks for it. */
export type JobSubmission = Omit<DeskRequest, 'isKept'> & Uploads;

/** Fields of a job that are not options of its task. */
const JOB_FIELDS = new Set([
  'task',
  'output',
  'webhook',
  'metadata',
  'stream',
  'strict',
  'idempotencyKey',
  'schemaVersion',
]);

/**
 * Reads a job in any of its three forms: JSON with the addresses of recordings, a multipart form with files, or a
 * recording as the body with options in the query.
 *
 * @param task what the route says; the body says it otherwise
 * @throws InvalidInputError `invalid_option`, `audio_too_large`
 */
export async function readSubmission(
  request: Request,
  context: ServerContext,
  owner: string,
  task?: Task,
): Promise<JobSubmission> {
  const type = (request.headers.get('content-type') ?? '').toLowerCase();
  const key = request.headers.get('idempotency-key') ?? undefined;
  const query = [...new URL(request.url).searchParams];
  const read = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/.test(type)
    ? await fromJson(request, context, task)
    : type.startsWith('multipart/form-data')
      ? await fromForm(request, context, owner, task, query)
      : await fromBody(request, context, owner, task, query);
  const traceparent = request.headers.get('traceparent') ?? undefined;
  return {
    ...read,
    owner,
    ...(key === undefined ? {} : { idempotencyKey: checkKey(key) }),
    ...(traceContextOf(traceparent) === undefined ? {} : { traceparent }),
  };
}

type Read = Pick<JobSubmission, 'input' | 'sources' | 'idempotencyKey' | 'uploads'>;

async function fromJson(request: Request, { limits }: ServerContext, task: Task | undefined): Promise<Read> {
  const text = await readText(request, limits.maxJsonBytes);
  const { value } = parseJsonObject(text, { maxDepth: MAX_JSON_DEPTH });
  const { audio, ...job } = value;
  const sources = listOf(audio).map(sourceOf);
  return { ...inputOf({ ...job, ...(task === undefined ? {} : { task }) }), sources, uploads: [] };
}

async function fromForm(
  request: Request,
  context: ServerContext,
  owner: string,
  task: Task | undefined,
  query: readonly (readonly [string, string])[],
): Promise<Read> {
  const form = await readForm(request, context.spool, context.limits);
  try {
    const fields = [...query, ...form.fields];
    const whole = fields.find(([name]) => name === 'job')?.[1];
    const job =
      whole === undefined
        ? jobOfFields(fields, task)
        : { ...parseJsonObject(whole, { maxDepth: MAX_JSON_DEPTH }).value };
    const { audio, ...about } = job;
    if (form.files.length === 0 && audio === undefined) throw missingFile();
    const places = audio === undefined ? form.files.map((_, file) => ({ file })) : listOf(audio);
    const wanted = places.map((place) => filePlace(place, form.files.length) ?? sourceOf(place));
    const input = inputOf({ ...about, ...(task === undefined ? {} : { task }) });
    const { uploads, sources: files } = await keepUploads(form.files, owner, context.recordings);
    const sources = wanted.map((place) => (typeof place === 'number' ? files[place]! : place));
    return { ...input, sources, uploads };
  } finally {
    await form.dispose();
  }
}

async function fromBody(
  request: Request,
  { spool, recordings, limits }: ServerContext,
  owner: string,
  task: Task | undefined,
  query: readonly (readonly [string, string])[],
): Promise<Read> {
  if (request.body === null) throw missingFile();
  const { Readable } = await import('node:stream');
  const fields = query.filter(([each]) => each !== 'name');
  const input = inputOf(jobOfFields(fields, task));
  const { path, bytes } = await spool.write(Readable.fromWeb(request.body), limits.maxFileBytes);
  if (bytes === 0) {
    await rm(path, { force: true });
    throw missingFile();
  }
  const name = (query.find(([each]) => each === 'name')?.[1] ?? 'recording').slice(0, 200);
  return { ...input, ...(await keepUploads([{ path, name }], owner, recordings)) };
}

/** Flat fields are options of the task by their names. */
function jobOfFields(
  fields: readonly (readonly [string, string])[],
  task: Task | undefined,
): Record<string, unknown> {
  const own = fields.filter(([name]) => !JOB_FIELDS.has(name));
  const about = fields.filter(([name]) => JOB_FIELDS.has(name));
  const job = Object.fromEntries(about.map(([name, value]) => [name, jsonOrText(name, value)]));
  return { ...job, ...(task === undefined ? {} : { task }), options: formOptions(own) };
}

function jsonOrText(name: string, value: string): unknown {
  if (name === 'task' || name === 'webhook' || name === 'idempotencyKey') return value;
  try {
    return JSON.parse(
      value.toLowerCase() === 'true' || value.toLowerCase() === 'false' ? value.toLowerCase() : value,
    );
  } catch {
    return value;
  }
}

function inputOf({
  idempotencyKey,
  ...job
}: Record<string, unknown>): Pick<Read, 'input' | 'idempotencyKey'> {
  const { task } = job;
  if (!TASKS.some((known) => known === task)) {
    throw new InvalidInputError('invalid_option', `Expected a task: one of ${TASKS.join(', ')}.`, {
      details: { option: 'task' },
    });
  }
  return {
    input: { ...job, task: task as Task },
    ...(typeof idempotencyKey === 'string' ? { idempotencyKey: checkKey(idempotencyKey) } : {}),
  };
}

function listOf(audio: unknown): readonly unknown[] {
  return Array.isArray(audio) ? audio : [audio];
}

/** `{ file: 0 }` in the job of a form: the first file of the form. */
function filePlace(value: unknown, count: number): number | undefined {
  if (typeof value !== 'object' || value === null || !('file' in value)) return undefined;
  const { file } = value;
  if (typeof file === 'number' && Number.isInteger(file) && file >= 0 && file < count) return file;
  throw new InvalidInputError(
    'invalid_option',
    `audio.file: expected the number of a file, 0 to ${count - 1}.`,
    {
      details: { option: 'audio' },
    },
  );
}

function sourceOf(value: unknown): DeskSource {
  if (typeof value === 'object' && value !== null && 'recording' in value) {
    const { recording } = value;
    if (typeof recording === 'string' && isId('rec', recording)) return { recording };
    throw new InvalidInputError(
      'invalid_option',
      'audio.recording: expected the id of a recording, as rec_….',
      {
        details: { option: 'audio' },
      },
    );
  }
  const parsed = audioSourceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    'invalid_option',
    'audio: expected one recording or several, each exactly one of url, base64, s3, recording.',
    { details: { option: 'audio' } },
  );
}

function checkKey(key: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(key)) return key;
  throw new InvalidInputError('invalid_option', 'Idempotency-Key: expected 1 to 64 of A-Z a-z 0-9 _ -.', {
    details: { option: 'idempotencyKey' },
  });
}

function missingFile(): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    'There is no recording. Send one as the field file, or as the body.',
    {
      details: { option: 'file' },
    },
  );
}
