import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, type BundledPrograms } from '../../../support/bundle-program.ts';
import { sharedPath } from '../../../support/shared.ts';
import { LEFT_OUT, MENDED_REPLIES } from '../golden/mended-local-faults.ts';

type Case = {
  case: string;
  request: {
    method: string;
    path: string;
    headers?: Record<string, string>;
    body?: unknown;
    bodyText?: string;
  };
  response: { status: number; contentType?: string; body?: unknown; bodyText?: string };
  parallelGroup?: string;
  webhookReceived?: { method: string; path: string; body: unknown }[];
};
type LocalRecording = { scenario: string; env: Record<string, string>; cases: Case[] };

const folder = sharedPath('data', 'runpod-golden', 'local-api');
const recordings = folder === undefined ? [] : readLocalRecordings(folder);

let programs: BundledPrograms;
beforeAll(async () => {
  programs = await bundlePrograms({ 'local-program': 'test/handlers/runpod/golden/local-program.ts' });
});
afterAll(() => programs.remove());

describe.skipIf(folder === undefined)('the development API against recordings of the original', () => {
  it.each(recordings.map((recording) => [recording.scenario, recording] as const))(
    'answers as recorded, but for the mended faults: %s',
    async (name, recording) => {
      const hook = await startHook();
      const { child, port } = await startApi(name, recording.env);
      const ids = new Map<string, string>();
      try {
        for (const recorded of recording.cases) {
          if (recorded.case in LEFT_OUT) continue;
          const mended = MENDED_REPLIES[name]?.[recorded.case];
          const reply = await ask(port, recorded, ids, hook.port);
          expect(reply.status, recorded.case).toBe(mended?.status ?? recorded.response.status);
          expect(comparable(reply.body), recorded.case).toEqual(
            mended === undefined ? comparable(recorded.response.body) : comparable(mended.body),
          );
          const wanted = (recorded.webhookReceived ?? []).map(({ method, path, body }) => [
            method,
            path,
            comparable(body),
          ]);
          expect(hook.received.splice(0), `${recorded.case}: webhook`).toEqual(wanted);
        }
        child.kill('SIGTERM');
        // The original dies of the signal; ours ends well.
        expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
      } finally {
        child.kill('SIGKILL');
        hook.server.close();
      }
    },
  );

  it('also answers GET for status and stream, under the paths of the platform', async () => {
    const { child, port } = await startApi('generator-sync', {});
    const base = `http://127.0.0.1:${port}/v2/any`;
    const run = async (): Promise<string> => {
      const response = await fetch(`${base}/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"input":{"n":1}}',
      });
      return ((await response.json()) as { id: string }).id;
    };
    const status = await (await fetch(`${base}/status/${await run()}`)).json();
    expect(status).toMatchObject({ status: 'COMPLETED', output: [{ n: 0 }] });
    const stream = await (await fetch(`${base}/stream/${await run()}`)).json();
    expect(stream).toMatchObject({ status: 'COMPLETED', stream: [{ output: { n: 0 } }] });
    child.kill('SIGKILL');
  });
});

function readLocalRecordings(path: string): LocalRecording[] {
  return readdirSync(path)
    .filter((name) => name.endsWith('.json') && name !== 'test-input.json')
    .sort()
    .map((name) => JSON.parse(readFileSync(join(path, name), 'utf8')) as LocalRecording);
}

/** Starts the program on a free port, which it prints. */
async function startApi(
  name: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; port: number }> {
  const argv = [
    programs.path('local-program'),
    name,
    '--rp_serve_api',
    '--rp_api_port',
    '0',
    '--rp_api_host',
    '127.0.0.1',
  ];
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const match = /Development API on http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once('exit', () => reject(new Error(`ended: ${text}`)));
  });
  return { child, port };
}

/** Repeats a recorded request; ids that the original made up are those that ours made up for the same job. */
async function ask(
  port: number,
  { request, response }: Case,
  ids: Map<string, string>,
  hookPort: number,
): Promise<{ status: number; body: unknown }> {
  const path = request.path.replace(/test-[0-9a-f-]{36}/, (id) => ids.get(id) ?? id);
  const text = request.bodyText ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: request.method,
    headers: request.headers ?? {},
    ...(text === undefined ? {} : { body: text.replace('localhost:<hook port>', `127.0.0.1:${hookPort}`) }),
  });
  const body: unknown = await reply.json().catch(() => undefined);
  const recordedId = (response.body as { id?: string } | undefined)?.id;
  const ourId = (body as { id?: string } | undefined)?.id;
  if (recordedId !== undefined && ourId !== undefined && !ids.has(recordedId)) ids.set(recordedId, ourId);
  return { status: reply.status, body };
}

async function startHook(): Promise<{ server: Server; port: number; received: unknown[][] }> {
  const received: unknown[][] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push([request.method, request.url, comparable(JSON.parse(Buffer.concat(parts).toString()))]);
      response.writeHead(request.url === '/fail' ? 500 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, received };
}

/**
 * What is compared of a body: all but ids that are made up, the position and the wording of JSON errors, which name
 * Python's parser and class, and the parts of an error text that name product and process.
 */
function comparable(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(comparable);
  if (typeof body !== 'object' || body === null) return body;
  const entries = Object.entries(body).flatMap(([key, value]): [string, unknown][] => {
    if (key === 'id' && /^(test-|nope)/.test(String(value))) return [];
    if (key === 'ctx') return [];
    if (key === 'msg' && (body as { type?: unknown }).type === 'dataclass_type') return [];
    if (key === 'loc') return [[key, (value as unknown[]).filter((part) => typeof part === 'string')]];
    if (key === 'error' && typeof value === 'string') return [[key, comparableError(value)]];
    return [[key, comparable(value)]];
  });
  return Object.fromEntries(entries);
}

function comparableError(text: string): unknown {
  if (!text.startsWith('{"error_type"')) return text;
  const { error_type: type, error_message: message } = JSON.parse(text) as Record<string, string>;
  return { error_type: type!.replace(/^<class '(\w+)'>$/, '$1'), error_message: message };
}
