import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

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

/** Part of a body: text that is here, or bytes that are read when they are sent. */
export type BodyPiece = string | { readonly bytes: number; read(): Uint8Array | Readable };

/**
 * Answers with JSON made of pieces, or with nothing for 204. Everything that can fail in making the body has happened
 * before the first byte of the reply.
 *
 * @returns whether the client was there to the end
 */
export async function sendPieces(
  response: ServerResponse,
  status: number,
  pieces: readonly BodyPiece[] | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  if (response.destroyed) return false;
  const closed = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
  });
  if (pieces === undefined) response.writeHead(status, headers).end();
  else {
    const bytes = pieces.reduce((sum, piece) => sum + bytesOf(piece), 0);
    const contents = openAll(pieces);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': String(bytes),
      ...headers,
    });
    await writeAll(response, contents).catch(() => response.destroy());
  }
  return closed;
}

/** Answers with the JSON of a value, or with nothing for 204. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  return sendPieces(response, status, body === undefined ? undefined : [JSON.stringify(body)], headers);
}

/** The whole text of a body. Rejects with the error of the disk where a part cannot be read. */
export async function bodyTextOf(pieces: readonly BodyPiece[]): Promise<string> {
  let whole = '';
  for (const content of openAll(pieces)) {
    if (typeof content === 'string') whole += content;
    else if (content instanceof Uint8Array) whole += Buffer.from(content).toString('utf8');
    else whole += await text(content);
  }
  return whole;
}

/** Aborted when the client goes away before it was answered. */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

/**
 * Runs the handler of one request. What it throws becomes a reply, and a reply that cannot be sent ends the
 * connection: no request ends the server.
 *
 * @param onFault hears of what is no `HttpReply`: a fault of ours
 */
export async function answerRequest(
  response: ServerResponse,
  handle: () => Promise<unknown>,
  onFault: (error: unknown) => void,
): Promise<void> {
  try {
    await handle();
  } catch (error) {
    if (!(error instanceof HttpReply)) onFault(error);
    const reply = error instanceof HttpReply ? error : new HttpReply(500, 'Internal error.');
    if (response.headersSent) response.destroy();
    else await sendJson(response, reply.status, { error: reply.message }, reply.headers);
  }
}

function bytesOf(piece: BodyPiece): number {
  return typeof piece === 'string' ? Buffer.byteLength(piece) : piece.bytes;
}

type Content = string | Uint8Array | Readable;

function openAll(pieces: readonly BodyPiece[]): readonly Content[] {
  const contents: Content[] = [];
  try {
    for (const piece of pieces) contents.push(typeof piece === 'string' ? piece : piece.read());
    return contents;
  } catch (error) {
    for (const content of contents) if (content instanceof Readable) content.destroy();
    throw error;
  }
}

async function writeAll(response: ServerResponse, contents: readonly Content[]): Promise<void> {
  for (const content of contents) {
    if (typeof content === 'string' || content instanceof Uint8Array) response.write(content);
    else {
      content.pipe(response, { end: false });
      const gone = (): void => void content.destroy(new Error('the client has gone'));
      response.once('close', gone);
      await finished(content);
      response.off('close', gone);
    }
  }
  response.end();
}
