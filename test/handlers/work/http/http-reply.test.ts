import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerRequest,
  bodyTextOf,
  HttpReply,
  sendJson,
  sendPieces,
} from '../../../../handlers/work/http/http-reply.ts';

let server: Server;
let handle: (response: ServerResponse) => Promise<unknown>;
const faults: unknown[] = [];
beforeAll(async () => {
  server = createServer((_, response) => {
    void answerRequest(
      response,
      () => handle(response),
      (error) => faults.push(error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

async function ask(answer: (response: ServerResponse) => Promise<unknown>) {
  handle = answer;
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { status: reply.status, body: await reply.text() };
}

/** Deeper than anything can write out again. */
function deep(): unknown {
  let value: unknown = 1;
  for (let i = 0; i < 100_000; i++) value = [value];
  return value;
}

const broken = { bytes: 5, read: () => Readable.from(failing()) };
// eslint-disable-next-line @typescript-eslint/require-await -- a stream is made of it
async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('12');
  throw new Error('the disk is gone');
}

describe('a reply', () => {
  it('that cannot be written as JSON is a 500, and the server lives', async () => {
    expect(await ask((response) => sendJson(response, 200, deep()))).toEqual({
      status: 500,
      body: '{"error":"Internal error."}',
    });
    expect(faults.pop()).toBeInstanceOf(RangeError);
    expect((await ask((response) => sendJson(response, 200, 1))).status).toBe(200);
  });

  it('that is thrown is sent; what else is thrown is a 500 without its text', async () => {
    const thrown = new HttpReply(418, 'tea', { 'x-a': 'b' });
    expect(await ask(() => Promise.reject(thrown))).toEqual({ status: 418, body: '{"error":"tea"}' });
    expect((await ask(() => Promise.reject(new Error('/secret/path')))).body).not.toContain('secret');
  });

  it('is made of pieces, in memory and from streams', async () => {
    const pieces = [
      '{"a":',
      { bytes: 2, read: () => Buffer.from('12') },
      ',"b":"ü',
      { bytes: 4, read: () => Readable.from([Buffer.from('xy'), Buffer.from('z"')]) },
      '}',
    ];
    expect(await ask((response) => sendPieces(response, 200, pieces))).toEqual({
      status: 200,
      body: '{"a":12,"b":"üxyz"}',
    });
    expect(await bodyTextOf(pieces)).toBe('{"a":12,"b":"üxyz"}');
  });

  it('whose piece breaks is cut, never ended as if it were whole; the server lives', async () => {
    await expect(ask((response) => sendPieces(response, 200, ['[', broken, ']']))).rejects.toThrow();
    const missing = {
      bytes: 1,
      read: () => {
        throw new Error('no such file');
      },
    };
    expect((await ask((response) => sendPieces(response, 200, ['[', missing, ']']))).status).toBe(500);
    expect((await ask((response) => sendPieces(response, 204, undefined))).status).toBe(204);
  });

  it('after another one ends the connection', async () => {
    const twice = async (response: ServerResponse): Promise<void> => {
      response.writeHead(200).write('1');
      await sendJson(response, 200, 2);
    };
    await expect(ask(twice)).rejects.toThrow();
    expect((await ask((response) => sendJson(response, 200, 1))).status).toBe(200);
  });
});
