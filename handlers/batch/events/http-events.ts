import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DependencyError } from '../../../core/errors.ts';
import { isLoopbackHost } from '../../work/http/web-guard.ts';
import type { EventListener, OnEventProblem, OnHint } from './event-listener.ts';
import { MAX_STORE_MESSAGE_BYTES } from './read-store-message.ts';
import { takeMessage } from './take-message.ts';

/** Senders give up after 5 s (EventBridge); a body that takes longer is not waited for. */
const BODY_MS = 5_000;

export type HttpEventsOptions = {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Has to be the path of every request; without one only this machine may send. */
  readonly token?: string | undefined;
  readonly bucket: string;
};

/**
 * Takes notifications that a store posts (radosgw, MinIO, Backblaze B2, EventBridge, SNS).
 *
 * @throws DependencyError without a token on an address that others reach
 */
export async function listenToHttp(
  options: HttpEventsOptions,
  onHint: OnHint,
  onProblem: OnEventProblem,
): Promise<EventListener> {
  const { host, port, token = '', bucket } = options;
  if (token === '' && !isLoopbackHost(host)) {
    throw new DependencyError(
      'configuration_invalid',
      'Expected a token for events on an address that others reach. Set COLLOQUY_EVENTS_TOKEN, and let the store post to http://HOST:PORT/TOKEN.',
    );
  }
  const server = createServer({ requestTimeout: BODY_MS, headersTimeout: BODY_MS }, (request, response) => {
    void statusOf(request).then(
      (status) => end(response, status),
      () => response.destroy(),
    );
  });
  const statusOf = async (request: IncomingMessage): Promise<number> => {
    const path = (request.url ?? '/').replace(/\?.*$/s, '').slice(1);
    if (!isSame(path, token)) return 404;
    if (request.method !== 'POST') return 405;
    const body = await readBody(request);
    if (body === undefined) return 413;
    // 200 for what is foreign too: it would only be sent again.
    takeMessage(body, bucket, onHint, onProblem);
    return 200;
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new DependencyError(
      'configuration_invalid',
      `Events cannot be taken on port ${port} (${code ?? 'unknown'}). Choose another one: --events http:PORT.`,
      { cause: error },
    );
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    description: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/${token === '' ? '' : 'TOKEN'}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `undefined` where it is longer than any message of a store. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_STORE_MESSAGE_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(status === 200 ? '{}\n' : `{"status":${status}}\n`);
}

/** In the same time whatever is sent. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
