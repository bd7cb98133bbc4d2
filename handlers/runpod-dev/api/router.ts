import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerRequest, HttpReply } from '../../work/http/http-reply.ts';
import type { AccessCheck } from './access.ts';
import { asDiskReply } from './disk-trouble.ts';
import type { PublicApi } from './public-api.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { WorkerApi } from './worker-api.ts';

export type RouterOptions = {
  readonly endpoint: string;
  readonly checkAccess: AccessCheck;
  readonly publicApi: PublicApi;
  readonly workerApi: WorkerApi;
  readonly limiter: RateLimiter | undefined;
  /** Hears of a request that failed by a fault of ours. */
  readonly onFault: (error: unknown) => void;
};

/** Brings each request to its half of the platform, `/v2/{endpoint}/{operation}/…`; always answers, never rejects. */
export function createRouter(
  options: RouterOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { endpoint, checkAccess, publicApi, workerApi, limiter } = options;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkAccess(request);
    const path = request.url ?? '/';
    if (!URL.canParse(path, 'http://localhost')) throw new HttpReply(400, 'The path is not valid.');
    const url = new URL(path, 'http://localhost');
    const [, version, name, operation = '', ...rest] = url.pathname.split('/').map(decode);
    if (version !== 'v2' || name !== endpoint || rest.length > 2) throw new HttpReply(404, 'Not found.');
    const call = { request, response, operation, query: url.searchParams };
    if (workerApi.has(operation)) {
      const [workerId, jobId] = rest;
      if (workerId === undefined) throw new HttpReply(404, 'Not found.');
      await workerApi.handle({ ...call, workerId, jobId });
      return;
    }
    if (!publicApi.has(operation) || rest.length > 1) throw new HttpReply(404, 'Not found.');
    const leave = admit(limiter, operation);
    try {
      await publicApi.handle({ ...call, jobId: rest[0] });
    } finally {
      leave();
    }
  }

  return async (request, response) => {
    const handle = (): Promise<void> =>
      route(request, response).catch((error: unknown) => {
        throw asDiskReply(error);
      });
    await answerRequest(response, handle, options.onFault);
  };
}

/** @returns what to call at the end of the request. @throws HttpReply 429 */
function admit(limiter: RateLimiter | undefined, operation: string): () => void {
  const admitted = limiter?.enter(operation) ?? (() => undefined);
  if (typeof admitted === 'function') return admitted;
  throw new HttpReply(429, 'Too many requests.', { 'retry-after': String(Math.ceil(admitted / 1000)) });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpReply(400, 'The path is not valid.');
  }
}
