import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseWorkerEnvironment } from '../../../../handlers/runpod/environment.ts';
import { serveLocalApi, type LocalApi } from '../../../../handlers/runpod/local/local-api.ts';

let api: LocalApi;
const lines: string[] = [];
beforeEach(async () => {
  lines.length = 0;
  api = await serveLocalApi({
    host: '127.0.0.1',
    port: 0,
    handler: ({ input }) => ({ ran: input }),
    environment: parseWorkerEnvironment({}),
    log: (level, message) => lines.push(`${level} ${message}`),
  });
});
afterEach(() => api.close());

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(`http://127.0.0.1:${api.port}${path}`, init);
  return { status: reply.status, body: await reply.json() };
}

const json = { 'content-type': 'application/json' };
const post = (body: string, headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  headers,
  body,
});

describe('the development API', () => {
  it('is not ended by values that nothing can write out again, nor by broken paths', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    // The problem repeats what was wrong, and cannot.
    expect((await ask('/runsync', post(deep))).status).toBe(500);
    expect((await ask('/runsync', post(`{"input": {"a": ${deep}}}`))).body).toMatchObject({
      status: 'FAILED',
    });
    expect((await ask('/status/%zz')).status).toBe(400);
    expect((await ask('/runsync', post('{"input": {"a": 1}}'))).body).toMatchObject({
      status: 'COMPLETED',
      output: { ran: { a: 1 } },
    });
    expect(lines.filter((line) => line.startsWith('ERROR'))).toHaveLength(1);
  });

  it('takes nothing from web pages', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await ask('/runsync', post('{"input": {}}', { ...json, ...headers }))).status).toBe(403);
    }
    expect((await ask('/runsync', post('{"input": {}}'))).status).toBe(200);
  });
});
