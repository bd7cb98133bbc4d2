import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { refuseWebPages, requireJson } from '../../../../handlers/work/http/web-guard.ts';

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const host = '127.0.0.1:8000';

describe('refuseWebPages', () => {
  it.each([
    { host },
    { host: 'localhost:8000' },
    { host: '[::1]:8000' },
    { host: 'app.localhost:8000' },
    { host, origin: 'http://127.0.0.1:8000' },
    { host, 'sec-fetch-site': 'same-origin' },
    { host, 'sec-fetch-site': 'none' },
  ])('lets %j pass', (headers) => {
    expect(() => refuseWebPages(request(headers), false)).not.toThrow();
  });

  it.each([
    {},
    { host: '' },
    { host: 'evil.example' },
    { host: 'rebound.evil.example:8000' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost.evil.example' },
    { host: '10.0.0.1:8000' },
    { host, origin: 'https://evil.example' },
    { host, origin: 'http://localhost:3000' },
    { host, origin: 'null' },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
  ])('refuses %j', (headers) => {
    expect(() => refuseWebPages(request(headers), false)).toThrow(
      expect.objectContaining({ status: 403 }) as Error,
    );
  });

  it('does not mind the name of a server whose requests carry a key, but pages all the same', () => {
    expect(() => refuseWebPages(request({ host: 'gpu.lan:8000' }), true)).not.toThrow();
    const page = request({ host: 'gpu.lan:8000', origin: 'https://evil.example' });
    expect(() => refuseWebPages(page, true)).toThrow('web pages');
  });
});

describe('requireJson', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/problem+json',
    'APPLICATION/JSON',
  ])('takes %s', (type) => {
    expect(() => requireJson(request({ 'content-type': type }))).not.toThrow();
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
    'text/json',
    'application/jsonx',
  ])('refuses %j', (type) => {
    expect(() => requireJson(request(type === '' ? {} : { 'content-type': type }))).toThrow(
      expect.objectContaining({ status: 415 }) as Error,
    );
  });
});
