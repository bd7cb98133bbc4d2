/** Test 27 of the reliability list (issue 10): JSON from outside, at the door of the platform and of a job. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type RunningPlatform } from '../../handlers/runpod-dev/index.ts';
import { parseJobInput } from '../../sdk/contract/index.ts';
import { deep, HOSTILE_JSON } from '../support/hostile-json.ts';

describe('27: hostile JSON', () => {
  let platform: RunningPlatform;
  beforeAll(async () => {
    platform = await startPlatform({ port: 0, sizeLimits: true });
  });
  afterAll(() => platform.close());

  it.each(HOSTILE_JSON)('is refused by the platform, which goes on: %s', async (_, body, status) => {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${platform.url}/run`, { method: 'POST', headers, body });
    expect(reply.status).toBe(status);
    expect((await fetch(`${platform.url}/health`)).status).toBe(200);
  });

  it('reaches no prototype', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = '{"input": {"__proto__": {"polluted": true}}, "__proto__": {"policy": {"ttl": 1}}}';
    expect((await fetch(`${platform.url}/run`, { method: 'POST', headers, body })).status).toBe(200);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['deep lists', JSON.parse(deep(10_000)) as unknown],
    [
      'deep lists as metadata',
      {
        task: 'diarize',
        audio: { url: 'https://a.example/b' },
        metadata: { a: JSON.parse(deep(10_000)) as unknown },
      },
    ],
    ['a million keys', Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [`k${i}`, 1]))],
    [
      'a prototype',
      JSON.parse('{"__proto__": {"task": "diarize"}, "audio": {"url": "https://a.example/b"}}') as unknown,
    ],
  ])('is read as a job without a crash: %s', (_, value) => {
    const parsed = parseJobInput(value);
    if (!parsed.ok) expect(parsed.errors.length).toBeGreaterThan(0);
  });
});
