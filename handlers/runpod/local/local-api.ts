import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunpodJob } from '../jobs/job.ts';
import { answerRequest, HttpReply, sendJson } from '../../work/http/http-reply.ts';
import { withBodyText } from '../../work/http/read-body.ts';
import { isLoopbackHost, refuseWebPages } from '../../work/http/web-guard.ts';
import { validateBody } from './local-api-body.ts';
import { runLocally, type LocalResult, type RunLocallyOptions } from './run-locally.ts';

export type LocalApiOptions = RunLocallyOptions & {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
};

export type LocalApi = { readonly port: number; close(): Promise<void> };

/** A job that `/run` has put aside: it runs when somebody asks for its status or stream. */
type WaitingJob = { readonly job: RunpodJob; readonly webhook: string | undefined };

type Reply = { readonly status: number; readonly body: unknown };

const MAX_BODY_BYTES = 100 * 1024 * 1024;
const WEBHOOK_TIMEOUT_MS = 10_000;

/**
 * The development API of the original worker, `--rp_serve_api`: `/run` puts a job aside, `/status` and `/stream` run
 * it, `/runsync` runs it at once. Made for trying a handler by hand; `colloquy runpod-dev` is the platform.
 */
export async function serveLocalApi(options: LocalApiOptions): Promise<LocalApi> {
  const api = new DevelopmentApi(options);
  const server = createServer((request, response) => void api.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  if (!isLoopbackHost(options.host)) {
    options.log('WARN', 'Other machines can reach the development API, which asks for no key.');
  }
  options.log('INFO', `Development API on http://${options.host}:${port}`);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class DevelopmentApi {
  readonly #options: LocalApiOptions;
  readonly #waiting = new Map<string, WaitingJob>();

  constructor(options: LocalApiOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = async (): Promise<boolean> => {
      refuseWebPages(request, !isLoopbackHost(this.#options.host));
      const { status, body } = await this.#route(request);
      return sendJson(response, status, body);
    };
    await answerRequest(response, answer, (error) => {
      const reason = error instanceof Error ? error.name : 'unknown';
      this.#options.log('ERROR', `A request failed by a fault of ours: ${reason}.`);
    });
  }

  async #route(request: IncomingMessage): Promise<Reply> {
    const path = pathOf(request);
    const [, action = '', id] =
      /^(?:\/v2\/[^/]+)?\/(run|runsync|status|stream)(?:\/([^/]+))?$/.exec(path) ?? [];
    const { endpointId } = this.#options.environment;
    const isRealtime = endpointId !== undefined && path === `/${endpointId}/realtime`;
    const takesBody = action === 'run' || action === 'runsync' || isRealtime;
    if (!isRealtime && (action === '' || takesBody === (id !== undefined))) {
      return { status: 404, body: { detail: 'Not Found' } };
    }
    const readsWithGet = request.method === 'GET' && !takesBody;
    if (request.method !== 'POST' && !readsWithGet)
      return { status: 405, body: { detail: 'Method Not Allowed' } };
    if (!takesBody) return this.#ask(action, id!);
    return withBodyText(request, { maxBytes: MAX_BODY_BYTES }, async (text) => {
      const body = validateBody(text, request.headers['content-type'], isRealtime);
      if ('detail' in body) return { status: 422, body };
      if (isRealtime) return this.#realtime(body.id!, body.input);
      return action === 'run' ? this.#run(body.input, body.webhook) : this.#runSync(body.input, body.webhook);
    });
  }

  async #realtime(id: string, input: unknown): Promise<Reply> {
    const { body } = await runLocally({ id, input }, this.#options);
    return { status: 200, body };
  }

  #run(input: unknown, webhook: string | undefined): Reply {
    const job = newJob(input);
    this.#waiting.set(job.id, { job, webhook });
    return { status: 200, body: { id: job.id, status: 'IN_PROGRESS' } };
  }

  async #runSync(input: unknown, webhook: string | undefined): Promise<Reply> {
    const job = newJob(input);
    const result = await runLocally(job, this.#options);
    await this.#callWebhook(webhook, result, result.body);
    return finalReply(job.id, result);
  }

  async #ask(action: string, id: string): Promise<Reply> {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined)
      return { status: 200, body: { id, status: 'FAILED', error: 'Job ID not found' } };
    this.#waiting.delete(id);
    const result = await runLocally(waiting.job, this.#options);
    if (action === 'status') {
      await this.#callWebhook(waiting.webhook, result, result.body);
      return finalReply(id, result);
    }
    if (!result.isStream) {
      this.#waiting.set(id, waiting);
      const error = 'Stream not supported, handler must be a generator.';
      return { status: 200, body: { id, status: 'FAILED', error } };
    }
    const stream = result.chunks.map((output) => ({ output }));
    await this.#callWebhook(waiting.webhook, result, stream);
    if (result.body.error !== undefined) {
      return { status: 200, body: { id, status: 'FAILED', stream, error: result.body.error } };
    }
    return { status: 200, body: { id, status: 'COMPLETED', stream } };
  }

  /** Only for jobs that went well, as the original does; a hook that fails changes nothing. */
  async #callWebhook(webhook: string | undefined, result: LocalResult, body: unknown): Promise<void> {
    if (webhook === undefined || result.body.error !== undefined) return;
    await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    }).catch(() => undefined);
  }
}

function newJob(input: unknown): RunpodJob {
  return { id: `test-${randomUUID()}`, input, webhook: null };
}

function finalReply(id: string, result: LocalResult): Reply {
  const { output, error } = result.body;
  if (error !== undefined) return { status: 200, body: { id, status: 'FAILED', error } };
  const shown = output === null || output === undefined ? {} : { output };
  return { status: 200, body: { id, status: 'COMPLETED', ...shown } };
}

/** @throws HttpReply 400 for a path that is none */
function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  } catch {
    throw new HttpReply(400, 'The path is not valid.');
  }
}
