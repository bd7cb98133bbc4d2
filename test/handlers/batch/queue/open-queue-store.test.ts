import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openQueueStore } from '../../../../handlers/batch/queue/open-queue-store.ts';
import { freePort } from '../../../support/free-port.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Speaks the protocol just so far that it can say what it is. */
function serverWithInfo(info: string): Server {
  return createServer((socket) => {
    socket.on('data', (bytes) => {
      for (const command of bytes.toString().split(/(?=\*\d+\r\n)/))
        socket.write(/\r\ninfo\r\n/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    });
  });
}

async function failure(url: string): Promise<unknown> {
  const opened = await openQueueStore(url, { answerMs: 500 }).catch((error: unknown) => error);
  if (!(opened instanceof Error)) (opened as { close(): void }).close();
  return opened;
}

describe('the store of a queue', () => {
  it.each([
    ['an old Redis', 'redis_version:6.0.16\r\n', 'redis 6.0.16'],
    [
      'an old Valkey',
      'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:7.0.1\r\n',
      'valkey 7.0.1',
    ],
    ['something that says nothing of itself', 'hello:world\r\n', 'neither'],
  ])('refuses %s', async (_, info, message) => {
    expect(await failure(await listening(serverWithInfo(info)))).toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining(message) as string,
    });
  });

  it('takes a Valkey that is new enough, though it calls itself an old Redis for the sake of clients', async () => {
    const info = 'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0\r\n';
    expect(await failure(await listening(serverWithInfo(info)))).not.toBeInstanceOf(Error);
  });

  it('tells another program from a store', async () => {
    const web = createHttpServer((_, response) => response.end('hello'));
    expect(await failure(await listening(web))).toMatchObject({ code: 'configuration_invalid' });
  });

  it('does not wait for a program that says nothing', async () => {
    expect(await failure(await listening(createServer()))).toMatchObject({ code: 'remote_failed' });
  });

  it('says that nobody is there, without the address', async () => {
    const port = await freePort();
    const error = await failure(`redis://name:secret@127.0.0.1:${port}`);
    expect(error).toMatchObject({ code: 'remote_failed' });
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect((error as Error).message).not.toMatch(/secret|127\.0/);
  });

  it.each(['valkey:6379', 'http://valkey', 'redis://'])('refuses the address %s', async (url) => {
    expect(await failure(url)).toBeInstanceOf(Error);
  });
});
