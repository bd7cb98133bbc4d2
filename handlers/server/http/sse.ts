/** One event of a stream. */
export type ServerSentEvent = {
  readonly data: unknown;
  readonly event?: string;
  readonly id?: string | number;
};

/** A comment goes out so often, so that proxies do not take a long silence for the end. */
const KEEP_ALIVE_MS = 15_000;

export const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/**
 * Events as a reply. Reading them makes them: a slow reader slows nobody but itself, and one that goes away ends them.
 *
 * @param retryMs how long a browser waits before it connects again
 */
export function eventStream(
  events: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
  { retryMs, headers = {} }: { readonly retryMs?: number; readonly headers?: Record<string, string> } = {},
): Response {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  const iterator = events(gone.signal)[Symbol.asyncIterator]();
  let waiting: Promise<IteratorResult<ServerSentEvent, unknown>> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (retryMs !== undefined) controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`));
    },
    pull: async (controller) => {
      try {
        waiting ??= iterator.next();
        const next = await orKeepAlive(waiting);
        if (next === undefined) controller.enqueue(encoder.encode(': keep-alive\n\n'));
        else {
          waiting = undefined;
          if (next.done === true) controller.close();
          else controller.enqueue(encoder.encode(textOf(next.value)));
        }
      } catch (error) {
        if (gone.signal.aborted) return;
        controller.error(error);
      }
    },
    cancel: async () => {
      gone.abort();
      await iterator.return?.().catch(() => undefined);
    },
  });
  return new Response(body, { headers: { ...SSE_HEADERS, ...headers } });
}

/** The next event, or `undefined` when it is time for a sign of life. */
function orKeepAlive<T>(next: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), KEEP_ALIVE_MS);
  });
  return Promise.race([next, silence]).finally(() => clearTimeout(timer));
}

function textOf({ id, event, data }: ServerSentEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const lines = text.split('\n').map((line) => `data: ${line}\n`);
  return `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
