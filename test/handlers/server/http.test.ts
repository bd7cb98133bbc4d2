import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { byteRangeOf } from '../../../handlers/server/http/byte-range.ts';
import { formOptions } from '../../../handlers/server/http/form-options.ts';
import { Keys, secretOf } from '../../../handlers/server/http/keys.ts';
import { checkOrigin } from '../../../handlers/server/http/origin-guard.ts';
import { problemReply } from '../../../handlers/server/http/problem.ts';
import { CallerRate } from '../../../handlers/server/http/caller-rate.ts';
import { eventStream } from '../../../handlers/server/http/sse.ts';
import { attachment } from '../../../handlers/server/routes/results.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('byte ranges (RFC 9110)', () => {
  it.each([
    [null, 'whole'],
    ['bytes=0-', { first: 0, last: 99 }],
    ['bytes=10-19', { first: 10, last: 19 }],
    ['bytes=90-200', { first: 90, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=0-1,5-6', 'whole'],
    ['bytes=20-10', 'whole'],
    ['bytes=-', 'whole'],
    ['items=0-1', 'whole'],
  ])('%s of 100 bytes', (header, expected) => {
    expect(byteRangeOf(header, 100)).toEqual(expected);
  });
});

describe('options in forms', () => {
  it('are numbers, booleans, JSON, lists or text, under either spelling', () => {
    expect(
      formOptions([
        ['num_speakers', '2'],
        ['minDurationSeconds', '0.5'],
        ['diarize', 'False'],
        ['language', 'no'],
        ['prompt', '42'],
        ['clips', '[{"startSeconds":1}]'],
        ['names[]', 'a'],
        ['names[]', 'b'],
        ['broken', '{"a":'],
        ['__proto__', 'x'],
      ]),
    ).toEqual({
      numSpeakers: 2,
      minDurationSeconds: 0.5,
      diarize: false,
      language: 'no',
      prompt: '42',
      clips: [{ startSeconds: 1 }],
      names: ['a', 'b'],
      broken: '{"a":',
    });
  });
});

describe('keys', () => {
  const digest = createHash('sha256').update('secret').digest('hex');

  async function keysOf(text: string): Promise<Keys> {
    const path = join(temporaryFolder(), 'keys');
    writeFileSync(path, text);
    return Keys.read(path);
  }

  it('are known by their digests', async () => {
    const keys = await keysOf(`# people\nana ${digest} jobs,voices\nbob ${'0'.repeat(64)}\n`);
    expect(keys.check('secret')).toMatchObject({ id: 'ana', scopes: new Set(['jobs', 'voices']) });
    for (const wrong of ['Secret', 'secre', 'secrets', '', undefined]) {
      expect(() => keys.check(wrong)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
    }
  });

  it.each([
    ['ana abc', 'Line 1'],
    [`\nana ${digest} jobs,root`, 'Line 2'],
    [`a b ${digest}`, 'Line 1'],
  ])('names the line of a file that is not valid: %s', async (text, message) => {
    await expect(keysOf(text)).rejects.toThrow(message);
  });

  it('come as a token, a header, or the password of an address', () => {
    const basic = Buffer.from('x:secret').toString('base64');
    for (const headers of [
      { authorization: 'Bearer secret' },
      { authorization: `Basic ${basic}` },
      { 'x-api-key': 'secret' },
    ]) {
      expect(secretOf(new Headers(headers))).toBe('secret');
    }
    expect(secretOf(new Headers())).toBeUndefined();
  });
});

describe('an open server on this machine', () => {
  const rules = { isOpen: true, corsOrigins: new Set(['https://app.example']) };
  it.each([
    [{ host: '127.0.0.1:8000' }, true],
    [{ host: 'localhost:8000', origin: 'http://localhost:8000' }, true],
    [{ host: '[::1]:8000' }, true],
    [{ host: 'evil.example:8000' }, false],
    [{ host: '127.0.0.1:8000', origin: 'https://evil.example' }, false],
    [{ host: '127.0.0.1:8000', origin: 'null' }, false],
    [{ host: '127.0.0.1:8000', 'sec-fetch-site': 'cross-site' }, false],
    [{ host: '127.0.0.1:8000', origin: 'https://app.example' }, true],
  ])('%j', (headers, isAllowed) => {
    const check = (): void => checkOrigin(new Headers(headers), rules);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'origin_forbidden' }));
  });
});

describe('the rate of a caller', () => {
  it('lets a burst through, then so many a second, each caller apart', () => {
    let now = 0;
    const limit = new CallerRate({ perSecond: 2, burst: 3 }, () => now);
    for (let i = 0; i < 3; i += 1) limit.take('a');
    expect(() => limit.take('a')).toThrow(expect.objectContaining({ code: 'rate_limited' }));
    limit.take('b');
    now = 0.5;
    limit.take('a');
    expect(() => limit.take('a')).toThrow();
  });
});

describe('a failure as a reply', () => {
  it('has our body, the members of RFC 9457 and the object of OpenAI', async () => {
    const error = new InvalidInputError('corrupt_audio', 'The recording is damaged.', {
      details: { option: 'file' },
    });
    const reply = problemReply(error, { requestId: 'req_1' });
    expect(reply.status).toBe(422);
    expect(reply.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await reply.json()).toEqual({
      type: 'urn:colloquy:error:corrupt_audio',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'The recording is damaged.',
      instance: 'urn:colloquy:request:req_1',
      schemaVersion: 1,
      code: 'corrupt_audio',
      message: 'The recording is damaged.',
      retryable: false,
      requestId: 'req_1',
      details: { option: 'file' },
      error: {
        message: 'The recording is damaged.',
        type: 'invalid_request_error',
        param: 'file',
        code: 'corrupt_audio',
      },
    });
  });
});

describe('a stream of events', () => {
  it('has ids, names and data, and ends what makes it when its reader goes', async () => {
    let ended = false;
    // eslint-disable-next-line @typescript-eslint/require-await
    async function* events() {
      try {
        yield { id: 1, event: 'state', data: { a: 'x\ny' } };
        yield { data: 'two\nlines' };
        for (let i = 0; ; i += 1) yield { data: i };
      } finally {
        ended = true;
      }
    }
    const reply = eventStream(events, { retryMs: 2000 });
    expect(reply.headers.get('content-type')).toContain('text/event-stream');
    const reader = reply.body!.getReader();
    let text = '';
    for (let i = 0; i < 3; i += 1)
      text += new TextDecoder().decode((await reader.read()).value as Uint8Array);
    expect(text).toBe(
      'retry: 2000\n\nid: 1\nevent: state\ndata: {"a":"x\\ny"}\n\ndata: two\ndata: lines\n\n',
    );
    await reader.cancel();
    expect(ended).toBe(true);
  });
});

it('a file to save keeps its name, and no name breaks out of the header', () => {
  expect(attachment('a "b"\r\n ü.srt')).toEqual({
    'content-disposition': `attachment; filename="a _b___ _.srt"; filename*=UTF-8''a%20%22b%22%0D%0A%20%C3%BC.srt`,
  });
});
