import { type Context, Hono } from 'hono';
import { InvalidInputError, InvariantError, ModelError } from '../../../core/errors.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import { shippedManifest } from '../../../models/manifest.ts';
import { diarizationReply, diarizationRequest } from '../openai/diarization.ts';
import { transcriptionEvents } from '../openai/transcription-events.ts';
import { transcriptionReply } from '../openai/transcription-reply.ts';
import {
  transcriptionRequest,
  type KnownSpeaker,
  type TranscriptionRequest,
} from '../openai/transcription-request.ts';
import { type Form, readForm } from '../http/read-form.ts';
import { eventStream } from '../http/sse.ts';
import { keepUploads } from '../http/uploads.ts';
import type { JobSubmission } from '../http/submission.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';
import { checkSubmission } from './jobs.ts';
import { recordingResult } from '../desk/recording-result.ts';
import { runAndForget } from './tasks.ts';
import { transcriptOf } from '../openai/transcript-of.ts';

/** Names under which OpenAI's clients ask for what is the default here. */
const ALIASES = ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-transcribe-diarize'];

/** The recogniser here that can say things in English. */
const TRANSLATOR = 'whisper-base-q8';

/** The routes of OpenAI's audio API: its clients work unchanged. */
export function openaiRoutes(context: ServerContext): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  for (const prefix of ['/v1', '']) {
    routes.post(`${prefix}/audio/transcriptions`, (c) => transcribe(c, { task: 'transcribe' }, context));
    routes.post(`${prefix}/audio/diarization`, (c) => diarize(c.req.raw, c.get('caller').id, context));
    routes.post(`${prefix}/audio/translations`, (c) => transcribe(c, { task: 'translate' }, context));
  }
  // whisper.cpp's server: the same form without a model.
  routes.post('/inference', (c) =>
    transcribe(c, { task: 'transcribe', defaults: [['model', 'whisper-1']] }, context),
  );
  routes.get('/v1/models', (c) =>
    c.json({ object: 'list', data: [...recognisers(), ...ALIASES].map(modelObject) }),
  );
  routes.get('/v1/models/:id{.+}', (c) => {
    const id = c.req.param('id');
    if ([...recognisers(), ...ALIASES].includes(id)) return c.json(modelObject(id));
    throw new ModelError('model_unknown', 'There is no model of that name. GET /v1/models lists them.', {
      details: { option: 'model' },
    });
  });
  return routes;
}

/** Ids of recognisers. */
export function recognisers(): string[] {
  return shippedManifest()
    .models.filter(({ task }) => task === 'speech-recognition')
    .map(({ id }) => id);
}

function modelObject(id: string) {
  return {
    id,
    object: 'model',
    created: 1_764_460_800,
    owned_by: ALIASES.includes(id) ? 'openai' : 'colloquy',
  };
}

/** What a route asks for by itself. */
type Route = {
  readonly task: 'transcribe' | 'translate';
  /** Fields where the caller gives none. */
  readonly defaults?: readonly (readonly [name: string, value: string])[];
};

async function transcribe(
  c: Context<ServerEnvironment>,
  { task, defaults = [] }: Route,
  context: ServerContext,
): Promise<Response> {
  const request = c.req.raw;
  const owner = c.get('caller').id;
  const form = await openForm(request, context);
  try {
    const fields = [...form.fields, ...new URL(request.url).searchParams, ...defaults];
    const wanted = transcriptionRequest(form.files, fields, recognisers());
    const submission = await submissionOf(wanted, owner, task, context, request.signal);
    if (wanted.isStreamed) {
      // Which recogniser it is may be known only once the language is.
      const headers = { 'x-colloquy-model': wanted.model ?? 'default', ...ignoredHeader(wanted) };
      const events = (signal: AbortSignal) =>
        transcriptionEvents(
          (stop, onEvent) => runAndForget(submission, context, stop, onEvent),
          wanted,
          c.get('requestId'),
          signal,
        );
      return eventStream(events, { headers });
    }
    const result = transcriptOf(await runAndForget(submission, context, request.signal));
    const reply = await transcriptionReply(result, wanted, task);
    const headers = { 'x-colloquy-model': recogniserOf(result), ...ignoredHeader(wanted) };
    for (const [name, value] of Object.entries(headers)) reply.headers.set(name, value);
    return reply;
  } finally {
    await form.dispose();
  }
}

/** What ran. */
function recogniserOf({ models }: TranscriptResult): string {
  return models.find((model) => model.task === 'speech-recognition')?.id ?? 'none';
}

/** @throws CapacityError `queue_full`; InvalidInputError `invalid_option` for what is no form */
async function openForm(request: Request, { desk, spool, limits }: ServerContext): Promise<Form> {
  desk.checkRoom();
  if (/^multipart\/form-data/i.test(request.headers.get('content-type') ?? ''))
    return readForm(request, spool, limits);
  throw new InvalidInputError(
    'invalid_option',
    'Expected a form (multipart/form-data) with file and model.',
    {
      details: { option: 'file' },
    },
  );
}

/** Who speaks when, as speaches and LocalAI ask for it. */
async function diarize(request: Request, owner: string, context: ServerContext): Promise<Response> {
  const form = await openForm(request, context);
  try {
    const query = [...new URL(request.url).searchParams];
    const wanted = diarizationRequest(form.files, [...form.fields, ...query]);
    const { file, options, knownSpeakers, wantsText } = wanted;
    const voices =
      knownSpeakers.length === 0
        ? {}
        : { voices: await voicesOf(knownSpeakers, owner, context, request.signal) };
    const input = { task: wantsText ? 'transcribe' : 'diarize', options: { ...options, ...voices } } as const;
    checkSubmission({ input, sources: [{}] }, context, owner);
    const submission = { input, owner, ...(await keepUploads([file], owner, context.recordings)) };
    const result = recordingResult(await runAndForget(submission, context, request.signal), 0);
    const reply = await diarizationReply(result, wanted);
    for (const [name, value] of Object.entries(ignoredHeader(wanted))) reply.headers.set(name, value);
    return reply;
  } finally {
    await form.dispose();
  }
}

async function submissionOf(
  wanted: TranscriptionRequest,
  owner: string,
  task: 'transcribe' | 'translate',
  context: ServerContext,
  signal: AbortSignal,
): Promise<JobSubmission> {
  const voices =
    wanted.knownSpeakers.length === 0
      ? {}
      : { voices: await voicesOf(wanted.knownSpeakers, owner, context, signal) };
  const translation = task === 'translate' ? { model: TRANSLATOR, ...wanted.options, translate: true } : {};
  const options = { ...wanted.options, ...voices, ...translation };
  const input = { task: 'transcribe', options, stream: wanted.isStreamed } as const;
  // Before the recording is taken over: nothing is kept of what is refused.
  checkSubmission({ input, sources: [{}] }, context, owner);
  return { input, owner, ...(await keepUploads([wanted.file], owner, context.recordings)) };
}

/** Voices of references, as jobs take them: embedded one after another, before the recording. */
async function voicesOf(
  speakers: readonly KnownSpeaker[],
  owner: string,
  context: ServerContext,
  signal: AbortSignal,
): Promise<unknown[]> {
  const voices: unknown[] = [];
  for (const { name, audio } of speakers) {
    const path = await temporaryFile(audio, context);
    const upload = await keepUploads([{ path, name: 'reference' }], owner, context.recordings);
    const submission = { input: { task: 'embed', options: {} }, owner, ...upload } as const;
    const embedResult = await runAndForget(submission, context, signal).catch((error: unknown) => {
      throw ofReference(error, name);
    });
    const outcome = embedResult.results[0]!;
    if ('error' in outcome || !('embedding' in outcome.result))
      throw new InvariantError('An embedding has no vector.');
    const { embedding, space, quality } = outcome.result;
    voices.push({ name, embedding, space, speechSeconds: quality.speechSeconds });
  }
  return voices;
}

/** What is wrong with a reference is said of it, and not of the recording. */
function ofReference(error: unknown, name: string): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const message = `known_speaker_references: the reference of ${JSON.stringify(name.slice(0, 60))}: ${error.message}`;
  return new InvalidInputError(error.code, message, {
    details: { ...error.details, option: 'known_speaker_references' },
  });
}

async function temporaryFile(bytes: Uint8Array, { spool }: ServerContext): Promise<string> {
  const { Readable } = await import('node:stream');
  const { path } = await spool.write(Readable.from([bytes]), bytes.length);
  return path;
}

function ignoredHeader({ ignored }: Pick<TranscriptionRequest, 'ignored'>): Record<string, string> {
  return ignored.length === 0 ? {} : { 'x-colloquy-ignored': ignored.join(', ') };
}
