import { createHash } from 'node:crypto';
import type { Kind, RecordedRequest } from './recording.ts';

/** What is compared of a request: everything that the platform sees, but for what names product and machine. */
export type Normalised = {
  kind: Kind;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
};

/**
 * Brings a recorded or a seen request into one form:
 * - User-Agent: product, machine and language are named truthfully by each worker; the form is compared. The original
 *   pings through another HTTP library, whose name and decompressors are not compared;
 * - X-Request-ID: the original repeats a stale one on polls and mixes them up on retries; ours names the job of the
 *   post (fault 1 of the list), so the recorded one is replaced by what it should be;
 * - error texts: Python's `<class 'X'>` is X; tracebacks and our `code` and `details` are not compared.
 */
export function normalise(kind: Kind, request: RecordedRequest, workerId: string): Normalised {
  const headers = { ...request.headers };
  const isPost = request.method === 'POST';
  delete headers['x-request-id'];
  if (isPost) headers['x-request-id'] = decodeURIComponent(request.path.split('/').at(-1)!.split('&')[0]!);
  if (kind === 'ping') {
    delete headers['user-agent'];
    delete headers['accept-encoding'];
  } else {
    headers['user-agent'] = (headers['user-agent'] ?? '').replace(
      /^[\w-]+\/[\w.]+ \([^;]+; [^)]+\) Language\/\w+ \S+/,
      '<product> (<machine>) Language/<language>',
    );
  }
  const query = { ...request.query };
  // Which jobs a ping names depends on the moment: checked against what the platform had handed out.
  if (kind === 'ping') delete query.job_id;
  return {
    kind,
    method: request.method,
    path: request.path.replace(workerId, '<worker>'),
    query,
    headers,
    body: normaliseBody(request),
  };
}

function normaliseBody(request: RecordedRequest): unknown {
  if (request.bodySha256 !== undefined) return { sha256: request.bodySha256 };
  if (request.body === undefined) return undefined;
  if ((request.bodyText?.length ?? 0) > 20_000) {
    return { sha256: createHash('sha256').update(pythonJson(request.body)).digest('hex') };
  }
  const body = request.body as Record<string, unknown>;
  return typeof body.error === 'string' ? { ...body, error: normaliseError(body.error) } : body;
}

function normaliseError(text: string): unknown {
  if (!text.startsWith('{"error_type"')) return text;
  const error = JSON.parse(text) as Record<string, unknown>;
  delete error.error_traceback;
  delete error.code;
  delete error.details;
  return { ...error, error_type: String(error.error_type).replace(/^<class '(?:\w+\.)*(\w+)'>$/, '$1') };
}

/** JSON as Python writes it, with a space behind every comma and colon. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
