import type { IncomingMessage, ServerResponse } from 'node:http';

/** A reply that a route gives by throwing. */
export class HttpReply extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Reads a whole body as text. @throws HttpReply 413 beyond the limit */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  for await (const part of request) {
    bytes += (part as Buffer).byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Reads a JSON body. @throws HttpReply 400 for anything else */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpReply(400, 'The body must be JSON.');
  }
}

/** Answers with JSON, or with nothing for 204. Resolves to whether the client was there to the end. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve(false);
      return;
    }
    response.once('close', () => resolve(response.writableFinished));
    if (body === undefined) response.writeHead(status, headers).end();
    else
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  });
}

/** Aborted when the client goes away before it was answered. */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

/** A whole number from a query, within bounds; `undefined` when it is not there. @throws HttpReply 400 */
export function numberFrom(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value))
    throw new HttpReply(400, `${name} must be a number of milliseconds.`);
  return Math.min(max, Math.max(min, Math.floor(value)));
}

function tooLarge(maxBytes: number): HttpReply {
  return new HttpReply(413, `The body is over the limit of ${maxBytes} bytes.`, { connection: 'close' });
}
