/** The routes of a Colloquy server, for its OpenAPI document. */
import type { ComponentName, JsonSchema } from './openapi-components.ts';
import { TASKS } from '../job-input.ts';

/** What goes in or comes out: a named schema as JSON, or schemas by media type. */
export type Content = ComponentName | Readonly<Record<string, JsonSchema>>;

export type ServerOperation = {
  readonly id: string;
  readonly summary: string;
  readonly tag: 'server' | 'openai' | 'operation';
  readonly body?: Content;
  /** Absent: a reply without a body. */
  readonly reply?: Content;
  readonly replyStatus?: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors: readonly number[];
};

type Methods = Readonly<Record<string, ServerOperation>>;

const USUAL = [401, 403, 404, 429, 500, 503] as const;
const WORK = [400, 401, 403, 413, 415, 422, 429, 500, 503] as const;
const FILE: JsonSchema = { type: 'string', format: 'binary' };
const TEXT: JsonSchema = { type: 'string' };
const OBJECT: JsonSchema = { type: 'object' };

function form(fields: Readonly<Record<string, JsonSchema>>, required: readonly string[]): Content {
  return {
    'multipart/form-data': { type: 'object', properties: fields, required, additionalProperties: true },
  };
}

const described = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });
const JSON_OBJECT: Content = { 'application/json': OBJECT };
const FILES: JsonSchema = { type: 'array', items: FILE };

const JOB_FORM = form(
  {
    file: described(FILES, 'Recordings; two for compare.'),
    job: described(TEXT, 'The job as JSON without its audio, or with { "file": 0 } in its place.'),
    task: described(TEXT, 'Instead of job; options of the task are fields by their names.'),
  },
  ['file'],
);
const AUDIO_FORM = form({ file: FILE, model: TEXT, response_format: TEXT, stream: TEXT, language: TEXT }, [
  'file',
]);
const EDITS: Content = {
  'application/json': { type: 'object', properties: { edits: { type: 'array', items: OBJECT } } },
};
const AUDIO: Content = { 'application/octet-stream': FILE };

const get = (
  id: string,
  summary: string,
  reply: Content = JSON_OBJECT,
  more: Partial<ServerOperation> = {},
): ServerOperation => ({ id, summary, tag: 'server', reply, errors: USUAL, ...more });

const health = (id: string, summary: string, reply: Content = JSON_OBJECT): ServerOperation => ({
  id,
  summary,
  tag: 'operation',
  reply,
  errors: [503],
});

const job: Readonly<Record<string, Methods>> = {
  '/v1/jobs': {
    get: get('listJobs', 'Jobs of the key, newest first.', 'JobList', {
      query: {
        state: 'Only jobs in this state.',
        task: 'Only jobs of this task.',
        limit: 'Jobs in a page, 1 to 200; 50 without it.',
        cursor: 'nextCursor of the page before.',
      },
    }),
    post: {
      id: 'createJob',
      summary: 'Submit a job.',
      tag: 'server',
      body: { 'application/json': { $ref: '#/components/schemas/JobInput' }, ...(JOB_FORM as object) },
      reply: 'JobReply',
      replyStatus: 202,
      headers: { 'Idempotency-Key': 'Two requests with one key make one job.' },
      errors: [...WORK, 409],
    },
  },
  '/v1/jobs/{id}': {
    get: get('getJob', 'State, progress and result of a job.', 'JobReply', {
      query: { wait: 'Seconds to wait for a change, up to 60.' },
    }),
    delete: get('cancelJob', 'Stop a job; with erase=true remove everything of it (204).', 'JobReply', {
      query: { erase: 'true removes the job, its result, edits and recordings.' },
    }),
  },
  '/v1/jobs/{id}/cancel': { post: get('stopJob', 'Stop a job.', 'JobReply') },
  '/v1/jobs/{id}/events': {
    get: get(
      'jobEvents',
      'Events as they happen; 204 where there are no more. With Accept: application/json those that there are.',
      {
        'text/event-stream': TEXT,
        'application/json': { $ref: '#/components/schemas/JobEventsReply' },
      },
      { headers: { 'Last-Event-ID': 'Number of the last event that was read.' } },
    ),
  },
  '/v1/jobs/{id}/result': {
    get: get('jobResult', 'The result of a job.', 'JobResult', {
      query: { edited: 'true applies the edits of readers.' },
      errors: [...USUAL, 409],
    }),
  },
  '/v1/jobs/{id}/result/{index}/{format}': {
    get: get('jobFile', 'The result of a recording in a format of /v1/formats, with edits.', AUDIO, {
      query: { edited: 'false leaves out the edits of readers.' },
      errors: [400, ...USUAL, 409],
    }),
  },
  '/v1/jobs/{id}/speakers/{speaker}/audio': {
    get: get('hearSpeaker', 'What a speaker says alone, at most a minute, as WAV.', AUDIO, {
      errors: [400, ...USUAL, 409],
    }),
  },
  '/v1/jobs/{id}/edits': {
    get: get('readEdits', 'Edits of readers, with an ETag.', EDITS),
    put: get('writeEdits', 'Replace the edits of readers.', EDITS, {
      body: EDITS,
      headers: { 'If-Match': 'ETag of the edits that were read, or *.' },
      errors: [400, ...USUAL, 409, 412],
    }),
  },
};

const kept: Readonly<Record<string, Methods>> = {
  '/v1/recordings': {
    get: get('listRecordings', 'Recordings of the key, newest first.'),
    post: get('addRecording', 'Keep a recording for several jobs.', JSON_OBJECT, {
      body: { ...(form({ file: FILE }, ['file']) as object), ...(AUDIO as object) },
      replyStatus: 201,
      errors: WORK,
    }),
  },
  '/v1/recordings/{id}': {
    get: get('getRecording', 'What is known of a recording.'),
    delete: {
      id: 'removeRecording',
      summary: 'Erase a recording.',
      tag: 'server',
      replyStatus: 204,
      errors: [...USUAL, 409],
    },
  },
  '/v1/recordings/{id}/audio': {
    get: get('playRecording', 'The sound, whole or a byte range of it.', AUDIO, {
      headers: { Range: 'bytes=FIRST-LAST' },
      query: {
        format: 'opus: in a form that browsers play and seek in, made once. Without it the file as it came.',
      },
      errors: [400, ...USUAL, 416],
    }),
  },
  '/v1/recordings/{id}/peaks': {
    get: get('recordingPeaks', 'Least and largest sample of each stretch, int8.', AUDIO, {
      query: { perSecond: '1, 5, 10, 20, 50 or 100; 20 without it.' },
      errors: [400, ...USUAL],
    }),
  },
  '/v1/voices': { get: get('listVoices', 'Enrolled voices, without vectors.', 'VoiceList') },
  '/v1/voices/{name}': {
    get: get('getVoice', 'An enrolled voice.', 'StoredVoice', {
      query: { include: 'embedding: also the vector, which is biometric data.' },
    }),
    put: get('enrollVoice', 'Make a voice of samples of one person, or add to one.', 'EnrollReply', {
      body: form({ file: FILES, job: TEXT, speaker: TEXT, replace: TEXT, threshold: TEXT, model: TEXT }, []),
      errors: WORK,
    }),
    delete: {
      id: 'removeVoice',
      summary: 'Delete a voice for good.',
      tag: 'server',
      replyStatus: 204,
      errors: USUAL,
    },
  },
};

const tasks: Readonly<Record<string, Methods>> = Object.fromEntries(
  TASKS.map((task) => [
    `/v1/${task}`,
    {
      post: {
        id: `run-${task}`,
        summary: `Run ${task} and wait; nothing is kept.`,
        tag: 'server',
        body: { ...(JOB_FORM as object), 'application/json': OBJECT, ...(AUDIO as object) },
        reply: 'JobResult',
        query: { format: 'The result of the recording as a file of this format.' },
        headers: { Prefer: 'respond-async makes a job of the call (202).' },
        errors: WORK,
      },
    } satisfies Methods,
  ]),
);

const openai = (id: string, summary: string): Methods => ({
  post: {
    id,
    summary,
    tag: 'openai',
    body: AUDIO_FORM,
    reply: { 'application/json': OBJECT, 'text/plain': TEXT, 'text/event-stream': TEXT },
    errors: [...WORK, 404],
  },
});

/** Paths with their methods. */
export const SERVER_OPERATIONS: Readonly<Record<string, Methods>> = {
  ...job,
  ...kept,
  ...tasks,
  '/v1/live': {
    get: get('openLive', 'A live session: an upgrade to a WebSocket, docs/live.md.', undefined, {
      errors: [401, 415],
    }),
    post: get('liveTicket', 'A ticket that opens one live session.', JSON_OBJECT, { replyStatus: 201 }),
  },
  '/v1/session': {
    post: get('openSession', 'A session of the page, as a cookie.', undefined, {
      body: { 'application/json': { type: 'object', properties: { key: TEXT } } },
      replyStatus: 204,
    }),
  },
  '/v1/formats': { get: get('listFormats', 'Formats of results.') },
  '/v1/presets': { get: get('listPresets', 'Presets of diarization.') },
  '/v1/audio/transcriptions': openai('createTranscription', 'OpenAI: a transcript.'),
  '/v1/audio/translations': openai('createTranslation', 'OpenAI: a transcript in English.'),
  '/v1/audio/diarization': openai('createDiarization', 'speaches, LocalAI: who speaks when.'),
  '/inference': openai('createInference', 'whisper.cpp: a transcript; no model is named.'),
  '/v1/models': { get: get('listModels', 'OpenAI: models by name.', JSON_OBJECT, { tag: 'openai' }) },
  '/v1/models/{id}': { get: get('getModel', 'OpenAI: one model.', JSON_OBJECT, { tag: 'openai' }) },
  '/health': { get: health('serverHealth', 'Whether it works, and its queue.') },
  '/health/live': { get: health('healthLive', 'Whether the process answers.') },
  '/health/startup': { get: health('healthStartup', 'Whether models are loaded.') },
  '/health/ready': { get: health('healthReady', 'Whether work should come here, and why not.') },
  '/ping': { get: health('ping', '204 while models are loaded.') },
  '/metrics': { get: health('metrics', 'Numbers for Prometheus.', { 'text/plain': TEXT }) },
  '/openapi.json': { get: health('openApi', 'This document.') },
  '/docs': { get: health('docs', 'This document as a page.', { 'text/html': TEXT }) },
};
