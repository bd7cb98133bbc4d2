import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange, Kind, RecordedRequest, RecordedResponse } from './recording.ts';

/** A request as it arrived, and what was done about it. */
export type SeenExchange = {
  kind: Kind;
  /** Milliseconds since the first request. */
  ms: number;
  request: RecordedRequest;
  /** When it was answered; undefined while it is open. */
  answeredMs?: number;
  /** When the worker gave it up. */
  clientClosedMs?: number;
  /** The ids of the jobs that the answer handed out. */
  handedOut: string[];
};

/** A recorded reply, and how many parts of results the worker had posted before it. */
type Script = RecordedResponse & { readonly partsBefore: number };

const WAIT_FOR_PARTS_MS = 20;

/**
 * A platform that answers from a recording: the n-th take, stop and ping get the n-th recorded answer, the n-th post
 * for a job gets the n-th recorded one for that job. Polls beyond the recording stay open, pings and posts get 200. A
 * stop comes no sooner than the parts of results that were posted before it in the recording: a slow machine stops at the
 * same place.
 */
export class ScriptedPlatform {
  readonly seen: SeenExchange[] = [];
  readonly #scripts = new Map<string, Script[]>();
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  readonly #timers = new Set<NodeJS.Timeout>();
  #firstMs: number | undefined;
  #onFirstTake: (() => void) | undefined;
  /** Settles when the worker asks for jobs for the first time: from then on signals are timed. */
  readonly firstTake = new Promise<void>((resolve) => (this.#onFirstTake = resolve));

  constructor(exchanges: readonly Exchange[]) {
    for (const { kind, ms, request, response } of exchanges) {
      const key = scriptKey(kind, request.path);
      const script = this.#scripts.get(key) ?? [];
      const partsBefore =
        kind === 'stop' ? exchanges.filter((post) => isPartBefore(post, response.ms ?? 0)).length : 0;
      script.push({
        ...response,
        ...(response.ms === undefined ? {} : { ms: response.ms - ms }),
        partsBefore,
      });
      this.#scripts.set(key, script);
    }
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#timers.forEach(clearTimeout);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  count(kind: Kind): number {
    return this.seen.filter((exchange) => exchange.kind === kind).length;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const now = performance.now();
    this.#firstMs ??= now;
    const parsed = await parseRequest(request);
    const kind = kindOf(parsed);
    const exchange: SeenExchange = { kind, ms: now - this.#firstMs, request: parsed, handedOut: [] };
    this.seen.push(exchange);
    if (kind === 'take') this.#onFirstTake?.();
    response.on('close', () => {
      if (!response.writableFinished) exchange.clientClosedMs = performance.now() - this.#firstMs!;
    });
    const script = this.#scripts.get(scriptKey(kind, parsed.path))?.shift() ?? fallback(kind);
    this.#answer(exchange, script, response);
  }

  #answer(exchange: SeenExchange, script: Script, response: ServerResponse): void {
    if (script.connectionClosed) {
      response.socket?.destroy();
      return;
    }
    const isPost = exchange.request.method === 'POST';
    // A post that the recorded worker gave up would have been answered later; 3 s is what that scenario says.
    const holdMs = script.clientClosedMs !== undefined && isPost ? 3000 : script.ms;
    if (holdMs === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.count('stream') < script.partsBefore) {
        this.#answer(exchange, { ...script, ms: WAIT_FOR_PARTS_MS }, response);
        return;
      }
      const { body, bodyText, contentType = 'application/json' } = script;
      const text = bodyText ?? (body === undefined ? '' : JSON.stringify(body));
      const hasType = bodyText !== undefined || body !== undefined;
      response.writeHead(script.status ?? 200, hasType ? { 'content-type': contentType } : {});
      response.end(text, () => {
        exchange.answeredMs = performance.now() - this.#firstMs!;
      });
      if (exchange.kind === 'take' && !response.destroyed) exchange.handedOut = idsIn(body);
    }, holdMs);
    this.#timers.add(timer);
  }
}

function fallback(kind: Kind): Script {
  const reply = kind === 'take' || kind === 'stop' ? { pending: true } : { ms: 0, status: 200, body: {} };
  return { ...reply, partsBefore: 0 };
}

function isPartBefore({ kind, ms }: Exchange, beforeMs: number): boolean {
  return kind === 'stream' && ms < beforeMs;
}

function scriptKey(kind: Kind, path: string): string {
  const jobId = path.split('/').at(-1)!.split('&')[0]!;
  return kind === 'done' || kind === 'progress' || kind === 'stream' ? `${kind} ${jobId}` : kind;
}

function idsIn(body: unknown): string[] {
  const items = Array.isArray(body) ? (body as unknown[]) : [body];
  return items.flatMap((item) => {
    const id = (item as { id?: unknown } | null | undefined)?.id;
    return typeof id === 'string' || typeof id === 'number' ? [String(id)] : [];
  });
}

async function parseRequest(request: IncomingMessage): Promise<RecordedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const [path = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
  const bodyText = Buffer.concat(parts).toString('utf8');
  return {
    method: request.method ?? '',
    path,
    rawQuery,
    query: Object.fromEntries(new URLSearchParams(rawQuery)),
    headers: headers as Record<string, string>,
    ...(bodyText === '' ? {} : { bodyText, body: JSON.parse(bodyText) as unknown }),
  };
}

function kindOf(request: RecordedRequest): Kind {
  if (/\/(job-take|job-take-batch|take)\//.test(request.path)) return 'take';
  if (request.path.includes('/job-stop/')) return 'stop';
  if (request.path.includes('/ping/')) return 'ping';
  if (request.path.includes('/job-stream/')) return 'stream';
  const status = (request.body as { status?: unknown } | null | undefined)?.status;
  return status === 'IN_PROGRESS' ? 'progress' : 'done';
}
