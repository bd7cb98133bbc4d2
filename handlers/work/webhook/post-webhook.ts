import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookEvent } from '../../../sdk/contract/index.ts';
import { signWebhook } from '../../../sdk/webhook.ts';
import { discard, type GuardedHttp } from '../fetch-audio/guarded-http.ts';
import { isSpeechError } from '../../../core/errors.ts';

/** How webhooks of jobs are sent. */
export type WebhookOptions = {
  /** `whsec_…`; one, or the new and the old one during a change. Without it nothing is sent: nobody could check it. */
  readonly secret: string | readonly string[];
  readonly http: GuardedHttp;
  /** For one attempt, answer included. */
  readonly timeoutMs?: number;
  /** Waits before further attempts. A worker cannot wait for days: who misses all of them asks for the job. */
  readonly retryDelaysMs?: readonly number[] | undefined;
  /** The trace that the job is part of, as W3C writes it; it goes along. @default none */
  readonly traceparent?: string | undefined;
  /** The first attempt failed: the others take a while. */
  readonly onSlow?: () => void;
};

const TIMEOUT_MS = 15_000;
const RETRY_DELAYS_MS: readonly number[] = [2_000, 10_000];

/** How a delivery ended; `reason` is fit for a log. */
export type WebhookDelivery = {
  readonly delivered: boolean;
  readonly attempts: number;
  readonly reason: string;
};

async function attempt(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: WebhookOptions,
  signal: AbortSignal,
): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)]);
  try {
    const reply = await options.http.post(url, headers, body, limit);
    discard(reply.body);
    return String(reply.status);
  } catch (error) {
    return isSpeechError(error) && error.code === 'audio_url_forbidden' ? 'forbidden' : 'unreachable';
  }
}

/** Only 2xx is delivered; 410 and addresses that are not allowed are final, all else may pass. */
function isFinal(outcome: string): boolean {
  return /^2\d\d$/.test(outcome) || outcome === '410' || outcome === 'forbidden';
}

/**
 * Tells an address that the caller named how a job ended: signed after Standard Webhooks, to public addresses only,
 * a few times until it is taken. Never rejects: a webhook that fails is no failure of the job.
 *
 * @param id names the message; the same for every attempt, so that receivers can drop doubles
 */
export async function postWebhook(
  url: string,
  id: string,
  event: WebhookEvent,
  options: WebhookOptions,
  signal: AbortSignal,
): Promise<WebhookDelivery> {
  const body = JSON.stringify(event);
  const delays = options.retryDelaysMs ?? RETRY_DELAYS_MS;
  for (let attempts = 1; ; attempts++) {
    // Signed anew each time: receivers refuse old times.
    const signature = await signWebhook({ id, body, secret: options.secret });
    const trace = options.traceparent === undefined ? {} : { traceparent: options.traceparent };
    const headers = { 'content-type': 'application/json', ...signature, ...trace };
    const outcome = await attempt(url, headers, body, options, signal);
    if (isFinal(outcome) || attempts > delays.length || signal.aborted) {
      return { delivered: /^2\d\d$/.test(outcome), attempts, reason: outcome };
    }
    options.onSlow?.();
    await sleep(delays[attempts - 1], undefined, { signal }).catch(() => undefined);
  }
}
