import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '../..');

type Call = {
  method: string;
  path: string;
  key: string | undefined;
  agent: string | undefined;
  body: unknown;
};

/** RunPod's API as far as the script uses it: a list of endpoints, create, change. */
async function startApi(endpoints: unknown, answer?: (response: ServerResponse) => void) {
  const calls: Call[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { authorization, 'user-agent': agent } = request.headers;
      calls.push({
        method: request.method!,
        path: request.url!,
        key: authorization,
        agent,
        body: text === '' ? undefined : JSON.parse(text),
      });
      if (answer) answer(response);
      else
        response.end(
          JSON.stringify(request.method === 'GET' ? endpoints : { id: 'new-id', name: 'colloquy' }),
        );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { calls, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2` };
}

async function deploy(arguments_: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn('node', ['infra/runpod/deploy.mjs', ...arguments_], {
    cwd: repository,
    env: { PATH: process.env.PATH, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

describe('infra/runpod/deploy.mjs', () => {
  it('creates an endpoint that does not exist yet', async () => {
    const { calls, base } = await startApi({ endpoints: [{ id: 'other', name: 'something else' }] });
    const image = 'docker.io/me/colloquy:1.2.3';
    const { code, stdout } = await deploy(['--image', image], {
      RUNPOD_API_KEY: 'the-key',
      RUNPOD_API_BASE_URL: base,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      done: 'created',
      id: 'new-id',
      url: 'https://api.runpod.ai/v2/new-id',
    });
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/serverless',
      'POST /v2/serverless',
    ]);
    expect(calls[1]).toMatchObject({
      key: 'Bearer the-key',
      agent: 'colloquy-deploy/0.1',
      body: { name: 'colloquy', type: 'QUEUE', image },
    });
  });

  it('changes the one of the same name, without the fields that cannot change', async () => {
    const { calls, base } = await startApi([{ id: 'abc', name: 'colloquy', type: 'QUEUE' }]);
    const set = 'workers={"min":1,"max":5,"idleTimeout":60}';
    const { code } = await deploy(['--set', set], { RUNPOD_API_KEY: 'k', RUNPOD_API_BASE_URL: base });
    expect(code).toBe(0);
    expect(calls[1]).toMatchObject({
      method: 'PATCH',
      path: '/v2/serverless/abc',
      body: { workers: { min: 1, max: 5 } },
    });
    expect(calls[1]!.body).not.toHaveProperty('type');
  });

  it('prints the request and sends nothing with --dry-run', async () => {
    const { calls, base } = await startApi([]);
    const { code, stdout } = await deploy(['--dry-run'], {
      RUNPOD_API_KEY: 'the-key',
      RUNPOD_API_BASE_URL: base,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ body: { name: 'colloquy' } });
    expect(stdout).not.toContain('the-key');
    expect(calls).toHaveLength(0);
  });

  it('refuses what the platform would accept and not run', async () => {
    for (const [arguments_, message] of [
      [['--image', 'colloquy:latest'], 'a tag other than latest'],
      [
        ['--set', 'gpu={"count":1,"pools":["AMPERE_16","ADA_24","AMPERE_24","AMPERE_48"]}'],
        'one to three pools',
      ],
      [['--set', 'workers={"min":3,"max":1,"idleTimeout":5}'], 'min ≤ max'],
      [['--set', 'env={"HF_TOKEN":"hf_x"}'], "RunPod's secrets"],
      [['--set', 'colour="blue"'], 'unknown field'],
      [['--set', 'disk=oops'], 'must be JSON'],
      [['--unknown'], 'unknown'],
      [[], 'RUNPOD_API_KEY'],
    ] as const) {
      expect(await deploy(arguments_), message).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message),
      });
    }
  });

  it('refuses to guess between two endpoints of one name, and another type', async () => {
    const twins = await startApi([
      { id: 'a', name: 'colloquy' },
      { id: 'b', name: 'colloquy' },
    ]);
    expect(await deploy([], { RUNPOD_API_KEY: 'k', RUNPOD_API_BASE_URL: twins.base })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a, b'),
    });
    const other = await startApi([{ id: 'a', name: 'colloquy', type: 'LOAD_BALANCER' }]);
    expect(await deploy([], { RUNPOD_API_KEY: 'k', RUNPOD_API_BASE_URL: other.base })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('LOAD_BALANCER'),
    });
  });

  it('reports what the platform says, without the key', async () => {
    const denied = await startApi(undefined, (response) =>
      response.writeHead(403).end('{"error":"no access"}'),
    );
    const failure = await deploy([], { RUNPOD_API_KEY: 'the-key', RUNPOD_API_BASE_URL: denied.base });
    expect(failure).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/GET \/v2\/serverless answered 403: .*no access/),
    });
    expect(failure.stderr).not.toContain('the-key');
    const page = await startApi(undefined, (response) => response.end('<html>'));
    expect(await deploy([], { RUNPOD_API_KEY: 'k', RUNPOD_API_BASE_URL: page.base })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no JSON'),
    });
    const elsewhere = await startApi(undefined, (response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect((await deploy([], { RUNPOD_API_KEY: 'k', RUNPOD_API_BASE_URL: elsewhere.base })).code).toBe(1);
  });
});
