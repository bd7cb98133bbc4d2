import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** One call to the platform. */
export type PlatformRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Limit of the whole exchange. */
  readonly timeoutMs: number;
  /** Gives the call up, unless the reply has begun: what the platform started to say is heard to its end. */
  readonly signal?: AbortSignal;
};

/** What became of a call. Failures are values here: every caller has to decide what each one means. */
export type PlatformReply =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'network'; readonly reason: string };

/** Larger replies are refused: inputs are at most 20 MB, a batch of them is what this leaves room for. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

/** Keep-alive connections to the platform, as many as polls and posts need at once. */
export function createPlatformAgent(): Agent {
  return new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } });
}

/** Sends one request with exactly the given headers and reads the whole reply; never throws. */
export async function sendToPlatform(agent: Dispatcher, call: PlatformRequest): Promise<PlatformReply> {
  const controller = new AbortController();
  let ending: 'timeout' | 'aborted' | undefined;
  const give = (reason: 'timeout' | 'aborted') => () => {
    ending = reason;
    controller.abort();
  };
  const onAbort = give('aborted');
  if (call.signal?.aborted) return { kind: 'aborted' };
  const timer = setTimeout(give('timeout'), call.timeoutMs);
  call.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const response = await request(call.url, {
      dispatcher: agent,
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      signal: controller.signal,
    });
    call.signal?.removeEventListener('abort', onAbort);
    const text = await readText(response);
    return {
      kind: 'reply',
      status: response.statusCode,
      contentType: single(response.headers['content-type']) ?? '',
      retryAfter: single(response.headers['retry-after']),
      text,
    };
  } catch (error) {
    return ending === undefined ? { kind: 'network', reason: networkReason(error) } : { kind: ending };
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', onAbort);
  }
}

async function readText(response: Dispatcher.ResponseData): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    const buffer = part as Buffer;
    bytes += buffer.byteLength;
    if (bytes > MAX_REPLY_BYTES) throw new Error(`reply over ${MAX_REPLY_BYTES} bytes`);
    parts.push(buffer);
  }
  const raw = Buffer.concat(parts);
  const encoding = single(response.headers['content-encoding']);
  const options = { maxOutputLength: MAX_REPLY_BYTES };
  if (encoding === 'gzip') return (await gunzipAsync(raw, options)).toString('utf8');
  if (encoding === 'deflate') return (await inflateAsync(raw, options)).toString('utf8');
  return raw.toString('utf8');
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Code or name of a network error; its message may hold the URL, which belongs in no log. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown network error';
  const code = systemErrorCode(error);
  return code ?? error.name;
}
