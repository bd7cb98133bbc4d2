import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ByteBudget } from '../../../../handlers/work/http/byte-budget.ts';
import { answerRequest, sendJson } from '../../../../handlers/work/http/http-reply.ts';
import { withBodyText, type ReadBodyOptions } from '../../../../handlers/work/http/read-body.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with the length of what it was sent. */
async function start(options: ReadBodyOptions): Promise<number> {
  server = createServer((incoming, response) => {
    const handle = () =>
      withBodyText(incoming, options, (text) => sendJson(response, 200, { characters: text.length }));
    void answerRequest(response, handle, () => undefined);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

type Sent = { status: number | undefined; body: string };

/** Sends all of the body before it looks at the answer, as Python's requests does. */
function sendAll(port: number, body: Buffer, headers: Record<string, string | number> = {}): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers }, undefined);
    const answered = new Promise<IncomingMessage>((arrived) => outgoing.once('response', arrived));
    outgoing.once('error', reject);
    outgoing.end(body, () => {
      void answered.then(async (incoming) => {
        let text = '';
        for await (const part of incoming) text += String(part);
        resolve({ status: incoming.statusCode, body: text });
      });
    });
  });
}

describe('withBodyText', () => {
  it.each([true, false])('answers 413 to who sends too much, with a length: %s', async (hasLength) => {
    const port = await start({ maxBytes: 1_000_000 });
    const body = Buffer.alloc(30_000_000, 0x20);
    const headers: Record<string, string | number> = hasLength
      ? { 'content-length': body.length }
      : { 'transfer-encoding': 'chunked' };
    const { status, body: text } = await sendAll(port, body, headers);
    expect(status).toBe(413);
    expect(text).toContain('1000000 bytes');
  });

  it('refuses what is not UTF-8, and compressed bodies before reading them', async () => {
    const port = await start({ maxBytes: 1_000 });
    expect((await sendAll(port, Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
    const gzip = createGzip();
    gzip.end(Buffer.alloc(100_000_000));
    const parts: Buffer[] = [];
    for await (const part of gzip) parts.push(part as Buffer);
    const bomb = await sendAll(port, Buffer.concat(parts), { 'content-encoding': 'gzip' });
    expect(bomb.status).toBe(415);
  });

  it('gives up a client that stalls, and lets the next one in', async () => {
    const port = await start({ maxBytes: 1_000, idleMs: 50, budget: new ByteBudget(1_000) });
    const stalled = connect(port, '127.0.0.1');
    stalled.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc');
    const reply = new Promise<string>((resolve) => stalled.once('data', (data) => resolve(data.toString())));
    const next = sendAll(port, Buffer.from('{}'), { 'content-length': 2 });
    expect(await reply).toMatch(/^HTTP\/1\.1 408 /);
    expect(await next).toEqual({ status: 200, body: '{"characters":2}' });
  });

  it('survives clients that go away in the middle', async () => {
    const port = await start({ maxBytes: 1_000, budget: new ByteBudget(1_000) });
    for (let i = 0; i < 20; i++) {
      const client = connect(port, '127.0.0.1');
      client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc', () => client.destroy());
    }
    expect((await sendAll(port, Buffer.from('{}'), { 'content-length': 2 })).status).toBe(200);
  });
});
