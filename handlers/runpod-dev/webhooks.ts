import { setMaxListeners } from 'node:events';
import { createGuardedHttp, DEFAULT_FETCH_POLICY, type FetchPolicy } from '../work/fetch-audio/index.ts';
import { discard } from '../work/fetch-audio/guarded-http.ts';
import { bodyTextOf, type BodyPiece } from '../work/http/http-reply.ts';
import type { PlatformLog } from './platform-log.ts';

export type PlatformWebhookOptions = {
  /** Also addresses that are not public, http, and any port: for tests and tools on this machine. */
  readonly allowPrivate: boolean;
  readonly log: PlatformLog;
  /** @default 10,000 ms, as the platform waits */
  readonly retryDelayMs?: number;
};

export type Webhooks = {
  /**
   * Posts; 200 ends it, anything else is tried twice more. Never rejects.
   *
   * @param body JSON, read anew for every attempt
   */
  send(url: string, body: readonly BodyPiece[]): Promise<void>;
  close(): Promise<void>;
};

const ATTEMPTS = 3;
const RETRY_DELAY_MS = 10_000;
const TIMEOUT_MS = 10_000;

const LIMITS = { connectTimeoutMs: 5_000, headersTimeoutMs: TIMEOUT_MS, maxRedirects: 0 };

/** Delivers the webhooks of final jobs, to public addresses only unless allowed otherwise. */
export function createWebhooks(options: PlatformWebhookOptions): Webhooks {
  const closed = new AbortController();
  // As many listeners as there are webhooks on their way.
  setMaxListeners(0, closed.signal);
  const http = createGuardedHttp(
    options.allowPrivate ? privatePolicy() : { ...DEFAULT_FETCH_POLICY, allowHttp: true },
    LIMITS,
  );

  async function deliver(url: string, body: readonly BodyPiece[]): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && !closed.signal.aborted; attempt++) {
      const outcome = await post(url, body);
      if (outcome === '200') return;
      options.log('warn', `webhook failed (attempt ${attempt} of ${ATTEMPTS}): ${outcome}`);
      if (attempt < ATTEMPTS) await pause(options.retryDelayMs ?? RETRY_DELAY_MS, closed.signal);
    }
  }

  async function post(url: string, body: readonly BodyPiece[]): Promise<string> {
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), closed.signal]);
    try {
      const text = await bodyTextOf(body);
      const reply = await http.post(url, { 'content-type': 'application/json' }, text, signal);
      discard(reply.body);
      return String(reply.status);
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown';
    }
  }

  return {
    send: deliver,
    close: async () => {
      closed.abort();
      await http.close();
    },
  };
}

/** Everything goes, on every port. */
function privatePolicy(): FetchPolicy {
  const anyPort: Pick<readonly number[], 'includes'> = { includes: () => true };
  return { allowHttp: true, ports: anyPort as readonly number[], allowAddress: () => true };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
