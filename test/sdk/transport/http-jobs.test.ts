import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { jobEventsReplySchema, jobReplySchema } from '../../../sdk/contract/index.ts';
import { Colloquy, type JobProgress } from '../../../sdk/index.ts';
import { diarizeOutput } from '../fake-platform.ts';

/** The job routes of a server, as the OpenAPI document has them. */
type Reply = { state: string; progress?: unknown; output?: unknown; error?: unknown };
let script: Reply[] = [];
let eventScript: unknown[] = [];
const requests: { method: string; url: string; body: unknown; headers: IncomingMessage['headers'] }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    requests.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
    if (request.url?.endsWith('/events') === true) {
      const after = Number(request.headers['last-event-id']);
      const events = eventScript.slice(after, after + 2);
      const state = script.length === 0 ? 'completed' : 'running';
      const batch = { schemaVersion: 1, state, events, lastEventId: after + events.length };
      response.end(JSON.stringify(jobEventsReplySchema.parse(batch)));
      return;
    }
    const reply =
      request.method === 'GET'
        ? (script.shift() ?? { state: 'completed', output: diarizeOutput() })
        : { state: request.method === 'DELETE' ? 'canceled' : 'queued' };
    const json = { schemaVersion: 1, id: 'job/1', ...reply };
    jobReplySchema.parse(json);
    response
      .writeHead(request.method === 'POST' ? 202 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(json));
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
afterAll(() => server.close());
beforeEach(() => {
  script = [];
  eventScript = [];
  requests.length = 0;
});

const client = new Colloquy({ baseUrl, apiKey: 'key', pollTiming: { firstDelayMs: 1, maxDelayMs: 2 } });
const audio = 'https://example.com/a.wav';
const progress = { schemaVersion: 1, type: 'progress', index: 0, stage: 'decode', done: 1, total: 2 };

describe('the job routes of a server', () => {
  test('take a job with its key, show its progress and its result', async () => {
    script = [{ state: 'queued' }, { state: 'running', progress }];
    const seen: JobProgress[] = [];
    const result = await client.diarize({ audio }, { onProgress: (p) => seen.push(p) });
    expect(result.durationSeconds).toBe(2);
    expect(seen.map(({ stage }) => stage)).toEqual(['queue', 'decode']);
    const [submit, ...looks] = requests;
    const { idempotencyKey } = submit!.body as { idempotencyKey: string };
    expect(submit).toMatchObject({
      method: 'POST',
      url: '/v1/jobs',
      body: { task: 'diarize', audio: { url: audio } },
    });
    expect(submit!.headers).toMatchObject({ authorization: 'Bearer key', 'idempotency-key': idempotencyKey });
    // This server has no stream of events: it is asked again and again.
    expect(looks.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/jobs/job%2F1/events',
      ...Array<string>(3).fill('GET /v1/jobs/job%2F1'),
    ]);
  });

  test('tell why a job failed', async () => {
    const error = {
      schemaVersion: 1,
      code: 'corrupt_audio',
      message: 'Bad.',
      retryable: false,
      requestId: 'r',
      details: {},
    };
    script = [{ state: 'failed', error }];
    await expect(client.diarize({ audio })).rejects.toMatchObject({
      name: 'JobFailedError',
      code: 'corrupt_audio',
      message: 'Bad.',
    });
  });

  test('stop a job', async () => {
    const job = await client.submit({ task: 'diarize', audio });
    await job.cancel();
    expect(requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/v1/jobs/job%2F1' });
  });

  test('give progress as events', async () => {
    script = [
      { state: 'running', progress },
      { state: 'running', progress },
    ];
    const job = await client.submit({ task: 'diarize', audio });
    const events = [];
    for await (const event of job.events()) events.push(event);
    expect(events).toEqual([progress]);
  });

  test('give utterances as they come, each once, and pass over what is known otherwise or not at all', async () => {
    const utterance = (index: number) => ({
      schemaVersion: 1,
      type: 'utterance',
      index: 0,
      utterance: {
        speaker: null,
        startSeconds: index,
        endSeconds: index + 1,
        channel: null,
        confidence: 0.5,
        text: `sentence ${index}`,
        words: [],
      },
    });
    const unknown = { schemaVersion: 1, type: 'state', state: 'running' };
    eventScript = [unknown, utterance(1), progress, utterance(2), utterance(3)];
    script = [{ state: 'running' }];
    const job = await client.submit({ task: 'transcribe', audio });
    const texts = [];
    for await (const event of job.events()) if (event.type === 'utterance') texts.push(event.utterance.text);
    expect(texts).toEqual(['sentence 1', 'sentence 2', 'sentence 3']);
  });

  test('need no key', async () => {
    await new Colloquy({ baseUrl }).diarize({ audio });
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });
});
