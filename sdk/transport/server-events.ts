/** Server-sent events as they come over `fetch`, which carries a key and works in every runtime. */
import type { FetchFunction } from '../client/client-options.ts';
import { retryAfterMs } from '../../core/net/retry-after.ts';
import { piecesOfStream } from '../audio/byte-stream.ts';
import { tryParseJson } from '../parse-json.ts';
import type { ServerEvent } from './transport.ts';
import { TransportFailure, serverMessageOf } from './transport-failure.ts';

/** A server says something every 15 s: one that is silent for so long is gone. */
const SILENCE_MS = 60_000;

export type EventRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Number of the last event that was read. */
  readonly after: number;
  /** Until the reply begins. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/**
 * Reads the events of one connection.
 *
 * @returns `over` where the server says that there are no more, `cut` where the connection ended, `unsupported` where
 * the reply is no stream of events
 * @throws TransportFailure; the reason of the signal
 */
export async function* serverEvents(
  fetchFunction: FetchFunction,
  { url, headers, after, timeoutMs, signal }: EventRequest,
): AsyncGenerator<ServerEvent, 'over' | 'cut' | 'unsupported'> {
  const gone = new AbortController();
  const all = AbortSignal.any([signal, gone.signal]);
  let timer = setTimeout(() => gone.abort(new TransportFailure('timeout')), timeoutMs);
  try {
    const reply = await fetchFunction(url, {
      headers: { ...headers, accept: 'text/event-stream', 'last-event-id': String(after) },
      signal: all,
      redirect: 'error',
    });
    if (reply.status === 204) return 'over';
    if (!reply.ok) throw await failureOf(reply);
    if (reply.headers.get('content-type')?.startsWith('text/event-stream') !== true || reply.body === null) {
      await reply.body?.cancel();
      return 'unsupported';
    }
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of piecesOfStream(reply.body, all)) {
      clearTimeout(timer);
      timer = setTimeout(() => gone.abort(new TransportFailure('timeout')), SILENCE_MS);
      text += decoder.decode(piece, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const event = eventOf(part);
        if (event !== undefined) yield event;
      }
    }
    return 'cut';
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransportFailure) throw error;
    if (gone.signal.aborted) throw gone.signal.reason;
    throw new TransportFailure('network', { cause: error });
  } finally {
    clearTimeout(timer);
    // Whoever leaves the loop needs no more of it.
    gone.abort();
  }
}

async function failureOf(reply: Response): Promise<TransportFailure> {
  const text = await reply.text();
  return new TransportFailure('status', {
    status: reply.status,
    retryAfterMs: retryAfterMs(reply.headers.get('retry-after'), Date.now()),
    serverMessage: serverMessageOf(tryParseJson(text) ?? text),
  });
}

/** One event; `undefined` for comments, settings and what is no JSON. */
function eventOf(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const match = /^(id|event|data): ?(.*)$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match as unknown as [string, string, string];
    fields.set(name, name === 'data' && fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }
  const text = fields.get('data');
  const data = text === undefined ? undefined : tryParseJson(text);
  if (data === undefined) return undefined;
  const id = Number(fields.get('id'));
  return {
    id: Number.isInteger(id) && id > 0 ? id : undefined,
    type: fields.get('event') ?? 'message',
    data,
  };
}
