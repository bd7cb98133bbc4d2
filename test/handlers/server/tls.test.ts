import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readTlsFiles } from '../../../handlers/server/http/tls-files.ts';
import { runCli, startCli } from '../../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const cert = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
const making = [
  'req',
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-days',
  '2',
];
const made = spawnSync('openssl', [...making, '-subj', '/CN=localhost', '-keyout', key, '-out', cert]);

describe.skipIf(made.status !== 0)('a server with a certificate (skipped where openssl is missing)', () => {
  it('speaks https and wss, and gives the page a cookie for https alone', async () => {
    const server = startCli(['serve', '--port', '0', '--preload', '', '--tls-cert', cert, '--tls-key', key]);
    try {
      const [line] = (await once(server.stdout!.setEncoding('utf8'), 'data')) as [string];
      const url = line.trim();
      expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      const ask = async (path: string, method: string, body = ''): Promise<IncomingMessage> => {
        const sent = request(`${url}${path}`, { method, rejectUnauthorized: false });
        sent.end(body);
        const [reply] = (await once(sent, 'response')) as [IncomingMessage];
        reply.resume();
        return reply;
      };
      expect((await ask('/health/ready', 'GET')).statusCode).toBe(200);
      const session = await ask('/v1/session', 'POST', '{"key":"x"}');
      expect(session.headers['set-cookie']?.[0]).toContain('Secure');
      // As OpenAI's client in JavaScript dials, which knows no other way.
      const socket = new WebSocket(`${url.replace('https', 'wss')}/v1/realtime?intent=transcription`, {
        rejectUnauthorized: false,
      });
      const [message] = (await once(socket, 'message')) as [Buffer];
      expect(JSON.parse(message.toString())).toMatchObject({ type: 'session.created' });
      socket.close();
    } finally {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  });

  it('says what is wrong with the files', async () => {
    const other = join(folder, 'other.pem');
    writeFileSync(other, 'no key');
    await expect(readTlsFiles(cert, undefined)).rejects.toThrow('both');
    await expect(readTlsFiles(cert, other)).rejects.toThrow('no certificate and its key');
    await expect(readTlsFiles(cert, join(folder, 'none.pem'))).rejects.toThrow(
      '--tls-key cannot be read (ENOENT)',
    );
    expect(await readTlsFiles(undefined, undefined)).toBeUndefined();
    const { code, stderr } = await runCli(['serve', '--port', '0', '--tls-key', key]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--tls-cert')]);
  });
});
