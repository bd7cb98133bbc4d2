import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Colloquy, InvalidRequestError, NotFoundError } from '../../../sdk/index.ts';
import { type LocalService, startLocalService } from '../../support/local-service.ts';
import { voiceFile } from '../../support/sample-voices.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
const digest = (key: string): string => createHash('sha256').update(key).digest('hex');

let server: LocalService;
let client: Colloquy;

beforeAll(async () => {
  const keys = join(folder, 'keys');
  writeFileSync(keys, `ana ${digest('whole')}\nben ${digest('work')} jobs\n`);
  server = await startLocalService(['serve', '--port', '0', '--preload', '', '--keys', keys]);
  client = new Colloquy({ baseUrl: server.url, apiKey: 'whole' });
}, 60_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const path = (who: 'ana' | 'ben', index: 0 | 1 | 2): string => voiceFile(folder, who, index);

describe('voices of a server', () => {
  it('are enrolled from files, told without vectors, used in tasks by name, and deleted', async () => {
    const enrolled = await client.voices.enroll('Ána Ω', [path('ana', 0), path('ana', 1)]);
    expect(enrolled).toMatchObject({ name: 'Ána Ω', sampleCount: 2, needsEnrollingAnew: false });
    expect(enrolled.samples.map(({ name, accepted }) => [name, accepted])).toEqual([
      ['ana-0.wav', true],
      ['ana-1.wav', true],
    ]);
    await client.voices.enroll('Ben', path('ben', 0));
    const listed = await client.voices.list();
    expect(listed.map(({ name }) => name)).toEqual(['Ben', 'Ána Ω']);
    expect(JSON.stringify(listed)).not.toContain('embedding');

    // The SDK takes the vector; HTTP takes the name.
    const voice = await client.voices.get('Ána Ω');
    expect(voice.embedding).toHaveLength(voice.space.dimension);
    const own = await client.verify(path('ana', 2), { voice });
    const other = await client.verify(path('ben', 1), { voice });
    expect([own.sameSpeaker, other.sameSpeaker]).toEqual([true, false]);
    const form = new FormData();
    form.append('voices', 'all');
    form.append('file', new Blob([readFileSync(path('ben', 1))]), 'x.wav');
    const headers = { authorization: 'Bearer whole' };
    const identified = await fetch(`${server.url}/v1/identify`, { method: 'POST', body: form, headers });
    expect(await identified.json()).toMatchObject({ results: [{ result: { voice: 'Ben' } }] });

    await client.voices.remove('Ben');
    await expect(client.voices.remove('Ben')).rejects.toThrow(NotFoundError);
    await expect(client.voices.get('Ben')).rejects.toThrow(NotFoundError);
    expect((await client.voices.list()).map(({ name }) => name)).toEqual(['Ána Ω']);
  });

  it('say what is wrong with each sample, and refuse what has no usable one', async () => {
    const mixed = await client.voices.enroll('Cem', [path('ana', 0), Buffer.from('no sound at all')]);
    expect(mixed.samples).toMatchObject([
      { accepted: true },
      { accepted: false, error: { code: 'unsupported_audio' } },
    ]);
    await expect(client.voices.enroll('Cem', path('ben', 0))).rejects.toThrow(/not of one voice/);
    await expect(client.voices.enroll('Dora', Buffer.from('nothing'))).rejects.toThrow(InvalidRequestError);
    await expect(client.voices.enroll('../Dora', path('ben', 0))).rejects.toThrow(/slash/);
    await expect(client.voices.enroll('SPEAKER_01', path('ben', 0))).rejects.toThrow(/unknown speakers/);
    expect((await client.voices.list()).map(({ name }) => name)).not.toContain('Dora');
    const kept = await fetch(`${server.url}/v1/recordings`, { headers: { authorization: 'Bearer whole' } });
    expect(((await kept.json()) as { recordings: unknown[] }).recordings.length).toBe(2);
  });

  it('are for keys with the scope for them alone', async () => {
    const headers = { authorization: 'Bearer work' };
    const bodies = ['{"task":"embed","audio":{"url":"https://example.org/a.wav"}}'];
    bodies.push(
      '{"task":"diarize","options":{"voices":["Ána Ω"]},"audio":{"url":"https://example.org/a.wav"}}',
    );
    const statuses = await Promise.all([
      fetch(`${server.url}/v1/voices`, { headers }),
      fetch(`${server.url}/v1/voices/Cem`, { method: 'DELETE', headers }),
      fetch(`${server.url}/v1/embed`, { method: 'POST', headers }),
      ...bodies.map((body) =>
        fetch(`${server.url}/v1/jobs`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body,
        }),
      ),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await statuses[0].json()).toMatchObject({ code: 'scope_missing', details: { scope: 'voices' } });
    expect((await fetch(`${server.url}/v1/jobs`, { headers })).status).toBe(200);
  });
});

describe('the client of a server', () => {
  it('sends files of a job beside it, tells events as they happen, lists, renders and erases', async () => {
    const job = await client.submit({ task: 'diarize', audio: path('ana', 0), stream: true });
    const stages: string[] = [];
    for await (const event of job.events()) stages.push(event.type);
    expect(job.state).toBe('completed');
    expect(new Set(stages)).toContain('progress');
    const { recordings } = (await (
      await fetch(`${server.url}/v1/jobs/${job.id}`, { headers: { authorization: 'Bearer whole' } })
    ).json()) as { recordings: string[] };
    expect(recordings).toHaveLength(1);
    const rttm = new TextDecoder().decode(await client.jobs.file(job.id, 'rttm'));
    expect(rttm).toMatch(/^SPEAKER ana-0 1 /);
    const ids: string[] = [];
    for await (const { id } of client.jobs.list({ pageSize: 1 })) ids.push(id);
    expect(ids).toContain(job.id);
    await client.jobs.erase(job.id);
    await expect(client.get(job.id)).rejects.toThrow(NotFoundError);
    await expect(client.jobs.file(job.id, 'rttm')).rejects.toThrow(NotFoundError);
  });

  it('takes streams and bytes, and refuses what only servers have where there is none', async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      const bytes = readFileSync(path('ana', 1));
      for (let start = 0; start < bytes.length; start += 10_000) {
        await Promise.resolve();
        yield bytes.subarray(start, start + 10_000);
      }
    }
    const result = await client.compare([pieces(), readFileSync(path('ana', 0))]);
    expect(result.sameSpeaker).toBe(true);
    const runpod = new Colloquy({ apiKey: 'k', endpointId: 'ep' });
    await expect(runpod.voices.list()).rejects.toThrow(/server/);
    await expect(client.diarize(Buffer.alloc(0))).rejects.toThrow(/0 bytes/);
  });
});
