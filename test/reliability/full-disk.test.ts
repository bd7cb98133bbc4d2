/** Test 21 of the reliability list (issue 10): the disk of a server is really full, on a small disk of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPath } from '../support/built.ts';
import { TWO_SPEAKERS } from '../support/sample-voices.ts';

/** A disk of memory that only the server sees; where the system does not let us have one, there is nothing to try. */
const MOUNT = ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=600m,nr_inodes=80 tmpfs "$0" && exec "$@"'];
const canMount = spawnSync('unshare', [...MOUNT, tmpdir(), 'true']).status === 0;

const SOUND = readFileSync(TWO_SPEAKERS).subarray(0, 320_000);
const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));

let server: ChildProcess;
let url: string;
/** The folder of the server, as this process sees it. */
let disk: string;

describe.skipIf(!canMount)(
  '21: a full disk (skipped where no disk of memory may be mounted)',
  { timeout: 20_000 },
  () => {
    beforeAll(async () => {
      const serve = ['serve', '--port', '0', '--preload', '', '--quiet', '--data', folder];
      server = spawn('unshare', [...MOUNT, folder, process.execPath, builtPath('cli.js'), ...serve], {
        env: { PATH: process.env.PATH, HOME: tmpdir(), COLLOQUY_OFFLINE: '1' },
      });
      const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
      url = line.trim();
      disk = `/proc/${server.pid}/root${folder}`;
    });
    afterAll(async () => {
      server.kill('SIGTERM');
      await once(server, 'exit');
      rmSync(folder, { recursive: true });
    });

    /** Takes all places for files but so many. */
    function fill(free: number): void {
      mkdirSync(join(disk, 'filler'));
      try {
        for (let i = 0; i < 1000; i += 1) writeFileSync(join(disk, 'filler', String(i)), '');
      } catch {
        for (let i = 0; i < free; i += 1) rmSync(join(disk, 'filler', String(i)));
      }
    }
    const clear = (): void => rmSync(join(disk, 'filler'), { recursive: true });
    const left = (): string[] =>
      readdirSync(disk, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);

    function post(path: string): Promise<Response> {
      const body = new FormData();
      if (path.includes('/audio/')) body.set('model', 'whisper-1');
      body.set(path === '/upload' ? 'audio_file' : 'file', new Blob([SOUND]), 'a.wav');
      return fetch(url + path, { method: 'POST', body });
    }

    // Every place at which something is written: the upload, its recording, the job.
    it.each([0, 1, 2, 3, 4, 5])(
      'with places for %i files is said, leaves nothing, and passes',
      async (free) => {
        for (const path of [
          '/v1/jobs?task=loudness',
          '/v1/loudness',
          '/v1/audio/transcriptions',
          '/upload',
          '/embedding',
        ]) {
          fill(free);
          const reply = await post(path);
          const said = await reply.text();
          // With enough places it simply works.
          if (reply.status >= 300) {
            expect([path, reply.status, said]).toEqual([
              path,
              503,
              expect.stringContaining('disk of the server is full'),
            ]);
            expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
            expect(said).not.toMatch(/\/tmp|ENOSPC|at .*:\d+/);
          }
          clear();
          const jobs = (await (await fetch(`${url}/v1/jobs`)).json()) as { jobs: { id: string }[] };
          expect(jobs.jobs).toHaveLength(reply.status === 202 ? 1 : 0);
          for (const { id } of jobs.jobs)
            await fetch(`${url}/v1/jobs/${id}?erase=true`, { method: 'DELETE' });
          expect([path, left()]).toEqual([path, []]);
        }
        const after = await post('/v1/loudness');
        expect([after.status, await (await fetch(`${url}/health/ready`)).json()]).toMatchObject([
          200,
          { ready: true },
        ]);
      },
    );

    it('that fills up in the middle of an upload is said too', async () => {
      const { port } = new URL(url);
      const headers = { 'content-type': 'audio/wav' };
      const sent = request({ host: '127.0.0.1', port, path: '/v1/loudness', method: 'POST', headers });
      sent.on('error', () => undefined);
      sent.write(SOUND);
      while (readdirSync(join(disk, 'uploads')).length === 0)
        await new Promise((next) => setTimeout(next, 10));
      spawnSync('fallocate', ['-l', '599m', join(disk, 'filler')]);
      for (let i = 0; i < 40; i += 1) sent.write(Buffer.alloc(64_000));
      sent.end();
      const [reply] = (await once(sent, 'response')) as [IncomingMessage];
      const said = Buffer.concat(await reply.toArray()).toString();
      expect([reply.statusCode, said]).toEqual([503, expect.stringContaining('"disk_full"')]);
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toMatchObject([503, { reasons: ['disk_full'] }]);
      // Before anything is read.
      expect((await post('/v1/loudness')).status).toBe(503);
      rmSync(join(disk, 'filler'));
      expect(left()).toEqual([]);
      expect((await post('/v1/loudness')).status).toBe(200);
    });
  },
);
