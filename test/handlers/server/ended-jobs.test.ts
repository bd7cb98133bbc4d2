/** What a server does once a job has ended, and what it says of itself: webhooks, traces, the log, health, restarts. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyWebhook, type WebhookEvent } from '../../../sdk/index.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { childrenOf, until } from '../../support/processes.ts';
import { startCli } from '../../support/run-cli.ts';
import { TWO_SPEAKERS } from '../../support/sample-voices.ts';
import { startLoopbackServer } from '../work/fetch-audio/loopback-server.ts';

const SOUND = readFileSync(TWO_SPEAKERS).subarray(0, 200_000);
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

type Told = { readonly event: WebhookEvent; readonly traceparent: string | undefined };

const told: Told[] = [];
const receiver = await startLoopbackServer((request, response) => {
  void heard(request).then((one) => {
    told.push(one);
    response.end();
  });
});

async function heard(request: IncomingMessage): Promise<Told> {
  const body = Buffer.concat(await request.toArray());
  const event = await verifyWebhook({ body, headers: request.headers, secret: SECRET });
  return { event, traceparent: request.headers.traceparent as string | undefined };
}

let server: ChildProcess;
let url: string;
let log = '';

beforeAll(async () => {
  server = startCli(['serve', '--port', '0', '--preload', 'embedded', '--allow-private-urls'], {
    environment: { COLLOQUY_WEBHOOK_SECRET: SECRET },
  });
  server.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text));
  const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
  url = line.trim();
});
afterAll(async () => {
  server.kill('SIGTERM');
  await once(server, 'exit');
});

const lines = (): Record<string, unknown>[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function send(path: string, sound: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const body = new FormData();
  body.set('file', new Blob([Uint8Array.from(sound)]), 'marker phrase.wav');
  body.set('webhook', receiver.url);
  body.set('metadata', '{"ours": 7}');
  return fetch(url + path, { method: 'POST', body, headers });
}

describe('a job that has ended', () => {
  it.each([
    ['completed', SOUND, 'job.completed'],
    // A head that promises sound, and none behind it.
    ['failed', SOUND.subarray(0, 60), 'job.failed'],
  ])('is told to the address that it named, in the trace that it came in: %s', async (state, sound, type) => {
    const before = told.length;
    const reply = await send('/v1/jobs?task=diarize', sound, { traceparent: TRACEPARENT });
    expect(reply.status).toBe(202);
    const { id } = (await reply.json()) as { id: string };
    await until('the webhook has come', () => told.length > before);
    const { event, traceparent } = told.at(-1)!;
    expect(event).toMatchObject({ type, data: { jobId: id, task: 'diarize', metadata: { ours: 7 } } });
    expect(event.data.error === undefined).toBe(state === 'completed');
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(traceparent).not.toBe(TRACEPARENT);
    await until('the log has the webhook', () => lines().some((line) => line.jobId === id && line.webhook));
    const own = lines().filter((line) => line.jobId === id);
    expect(own).toMatchObject([
      { traceId: TRACE, keyId: 'local', task: 'diarize', state },
      { traceId: TRACE, webhook: '200', attempts: 1 },
    ]);
    expect(log).not.toContain('marker phrase');
    expect(log).not.toContain(receiver.url);
  });

  it('is told to nobody where the call waits for its result, which is said', async () => {
    const reply = await send('/v1/diarize', SOUND);
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { param: 'webhook' } }]);
    expect((await send('/v1/diarize', SOUND, { prefer: 'respond-async' })).status).toBe(202);
  });
});

describe('health', () => {
  it('says what runs on what, by version', async () => {
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
      status: 'healthy',
      device: 'cpu',
      version: manifest.version,
      model_versions: { 'pyannote-segmentation-3.0': 'b78fc48113bb' },
    });
    expect(await (await fetch(`${url}/ping`)).text()).toBe('{"msg":"pong"}');
  });

  it('counts engines that had to be started again, and is well after it', async () => {
    const restarts = async (): Promise<string | undefined> =>
      /^colloquy_engine_restarts_total (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    expect(await restarts()).toBe('0');
    const [engine] = childrenOf(server.pid!);
    process.kill(engine!, 'SIGKILL');
    await until(
      'another engine runs',
      () => childrenOf(server.pid!).some((child) => child !== engine) || !childrenOf(server.pid!).length,
    );
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ ready: true, reasons: [] });
    expect(await restarts()).toBe('1');
    const stages = await (await fetch(`${url}/metrics`)).text();
    expect(stages).toMatch(/^colloquy_stage_seconds_count\{stage="\w+"\} [1-9]/m);
  });
});
