import { componentRef, componentSchemas, type JsonSchema } from './openapi-components.ts';
import { RUNPOD_BASE_URL } from '../runpod.ts';
import { type Content, SERVER_OPERATIONS, type ServerOperation } from './server-operations.ts';
import { SCHEMA_VERSION } from '../results/schema-version.ts';

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: JsonSchema;
  readonly servers: readonly JsonSchema[];
  readonly security: readonly JsonSchema[];
  readonly paths: Readonly<Record<string, JsonSchema>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: JsonSchema;
  };
};

type Operation = Omit<ServerOperation, 'tag'> & { readonly tag: ServerOperation['tag'] | 'runpod' };

const ERROR_MEANING: Readonly<Record<number, string>> = {
  400: 'The request is wrong.',
  401: 'The API key is missing or wrong.',
  403: 'The key is not for this, or the request comes from a foreign page.',
  404: 'There is no such thing, or it has expired.',
  409: 'It does not fit what is there.',
  412: 'It was changed since it was read.',
  413: 'The body is too large.',
  415: 'No sound, or a content encoding.',
  416: 'The recording has no such part.',
  422: 'The sound cannot be used.',
  429: 'Too many requests: wait as long as Retry-After says.',
  500: 'The service failed.',
  503: 'Not now: wait as long as Retry-After says.',
};

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

function contentOf(content: Content): JsonSchema {
  if (typeof content === 'string') return json(componentRef(content));
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));
}

function parameter(place: 'path' | 'query' | 'header', name: string, description: string): JsonSchema {
  return { name, in: place, required: place === 'path', description, schema: { type: 'string' } };
}

function errorResponse(status: number, tag: Operation['tag']): JsonSchema {
  const description = ERROR_MEANING[status];
  // The error text of RunPod itself is not ours to describe.
  return tag === 'runpod'
    ? { description }
    : { description, content: { 'application/problem+json': { schema: componentRef('ErrorBody') } } };
}

const PATH_MEANING: Readonly<Record<string, string>> = {
  endpointId: 'Id of the endpoint.',
  jobId: 'Id of the job.',
  id: 'Id of the job, recording or model.',
  index: 'Which recording of the job, from 0.',
  format: 'Name of a format of /v1/formats.',
  name: 'Name of the voice.',
};

function operation(path: string, op: Operation): JsonSchema {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
    parameter('path', name!, PATH_MEANING[name!] ?? 'Id.'),
  );
  const inQuery = Object.entries(op.query ?? {}).map(([name, text]) => parameter('query', name, text));
  const inHeader = Object.entries(op.headers ?? {}).map(([name, text]) => parameter('header', name, text));
  return {
    operationId: op.id,
    summary: op.summary,
    tags: [op.tag],
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(op.body === undefined ? {} : { requestBody: { required: true, content: contentOf(op.body) } }),
    responses: {
      [String(op.replyStatus ?? 200)]: {
        description: 'Done.',
        ...(op.reply === undefined ? {} : { content: contentOf(op.reply) }),
      },
      ...Object.fromEntries(op.errors.map((status) => [String(status), errorResponse(status, op.tag)])),
    },
  };
}

const USUAL = [401, 404, 429, 500] as const;
const WAIT = { wait: 'Milliseconds to wait for the end, 1,000 to 300,000.' } as const;

const runpodOperations: Readonly<Record<string, readonly ['get' | 'post', Operation]>> = {
  run: [
    'post',
    {
      id: 'run',
      summary: 'Submit a job.',
      tag: 'runpod',
      body: 'RunRequest',
      reply: 'RunReply',
      errors: [400, ...USUAL],
    },
  ],
  runsync: [
    'post',
    {
      id: 'runSync',
      summary: 'Submit a job and wait for it.',
      tag: 'runpod',
      body: 'RunRequest',
      reply: 'StatusReply',
      query: WAIT,
      errors: [400, ...USUAL],
    },
  ],
  'status/{jobId}': [
    'get',
    {
      id: 'status',
      summary: 'State, progress and result of a job.',
      tag: 'runpod',
      reply: 'StatusReply',
      errors: USUAL,
    },
  ],
  'stream/{jobId}': [
    'get',
    {
      id: 'stream',
      summary: 'Events since the last call.',
      tag: 'runpod',
      reply: 'StreamReply',
      errors: USUAL,
    },
  ],
  'cancel/{jobId}': [
    'post',
    { id: 'cancel', summary: 'Stop a job.', tag: 'runpod', reply: 'StatusReply', errors: USUAL },
  ],
  'retry/{jobId}': [
    'post',
    {
      id: 'retry',
      summary: 'Run a failed job again.',
      tag: 'runpod',
      reply: 'StatusReply',
      errors: [400, ...USUAL],
    },
  ],
  'purge-queue': [
    'post',
    {
      id: 'purgeQueue',
      summary: 'Remove all waiting jobs.',
      tag: 'runpod',
      reply: 'PurgeReply',
      errors: USUAL,
    },
  ],
  health: [
    'get',
    {
      id: 'health',
      summary: 'Jobs and workers of the endpoint.',
      tag: 'runpod',
      reply: 'HealthReply',
      errors: USUAL,
    },
  ],
};

function paths(): Record<string, JsonSchema> {
  const all: Record<string, JsonSchema> = {};
  for (const [route, [method, op]] of Object.entries(runpodOperations)) {
    const path = `/v2/{endpointId}/${route}`;
    all[path] = { [method]: operation(path, op) };
  }
  for (const [path, methods] of Object.entries(SERVER_OPERATIONS)) {
    all[path] = Object.fromEntries(
      Object.entries(methods).map(([method, op]) => [method, operation(path, op)]),
    );
  }
  return all;
}

/**
 * The whole wire as an OpenAPI 3.1 document, made from the zod schemas: RunPod's queue routes with our input and
 * output, and the job routes of a Colloquy server.
 */
export function openApiDocument(): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Colloquy',
      version: `${SCHEMA_VERSION}.0.0`,
      summary: 'Who said what, when: diarization, transcription and speaker verification.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      { url: new URL(RUNPOD_BASE_URL).origin, description: 'RunPod.' },
      { url: 'http://127.0.0.1:8000', description: 'This machine: colloquy serve, colloquy runpod-dev.' },
    ],
    security: [{ apiKey: [] }],
    paths: paths(),
    components: {
      schemas: componentSchemas(),
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
    },
  };
}
