import type { Readable } from 'node:stream';
import { Agent, ProxyAgent, buildConnector, request, type Dispatcher } from 'undici';
import { isSpeechError } from '../../../core/errors.ts';
import { isCertificateError } from '../../../core/net/certificate-error.ts';
import { addressInHost } from '../../../core/net/public-address.ts';
import { checkUrl } from './check-url.ts';
import { TransferInterrupted, forbidden, unreachable } from './fetch-errors.ts';
import type { FetchLimits } from './fetch-limits.ts';
import type { FetchPolicy } from './fetch-policy.ts';
import { lookupOf } from './lookup-of.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** A reply whose body has yet to be read; destroy the body when it is not wanted. */
export type GuardedReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
};

/** Requests to addresses that callers name: for audio, and for webhooks. */
export type GuardedHttp = {
  /** Follows redirects by hand, each checked like the first URL. */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<GuardedReply>;
  /** Follows nothing: a redirect of a POST is the caller's failure. */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<GuardedReply>;
  close(): Promise<void>;
};

type GuardedLimits = Pick<FetchLimits, 'connectTimeoutMs' | 'headersTimeoutMs' | 'maxRedirects'>;

/** Sockets that are only ever opened to addresses which the policy allows. */
function guardedDispatcher(policy: FetchPolicy, limits: GuardedLimits): Dispatcher {
  const timeouts = { headersTimeout: limits.headersTimeoutMs, bodyTimeout: 0 };
  if (policy.proxyUrl !== undefined) return new ProxyAgent({ uri: policy.proxyUrl, ...timeouts });
  const dial = buildConnector({ lookup: lookupOf(policy), timeout: limits.connectTimeoutMs });
  return new Agent({
    ...timeouts,
    connect: (options, callback) => {
      // The lookup never sees an address that stands in the URL itself.
      const address = addressInHost(options.hostname);
      if (address !== undefined && !policy.allowAddress(address))
        callback(forbidden('its host is not public'), null);
      else dial(options, callback);
    },
  });
}

/** Ours as it is; all else without a word on what the network looks like from here. */
function withoutNetworkFacts(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason as Error;
  if (isCertificateError(error)) return unreachable('its certificate is not valid', { retryable: false });
  return isSpeechError(error)
    ? error
    : new TransferInterrupted('the server could not be reached', { cause: error });
}

/**
 * Opens a client for untrusted addresses.
 *
 * `get` and `post` reject with `audio_url_forbidden`, with the reason of the signal, or with `TransferInterrupted`.
 */
export function createGuardedHttp(policy: FetchPolicy, limits: GuardedLimits): GuardedHttp {
  const dispatcher = guardedDispatcher(policy, limits);

  async function send(url: URL, options: Omit<Dispatcher.RequestOptions, 'path'>): Promise<GuardedReply> {
    const signal = options.signal as AbortSignal;
    try {
      const { statusCode, headers, body } = await request(url, { ...options, dispatcher });
      return { status: statusCode, headers, body };
    } catch (error) {
      throw withoutNetworkFacts(error, signal);
    }
  }

  return {
    async get(text, headers, signal) {
      let url = checkUrl(text, policy);
      for (let hops = 0; ; hops++) {
        const reply = await send(url, { method: 'GET', headers, signal });
        if (!REDIRECTS.has(reply.status)) return reply;
        discard(reply.body);
        if (hops === limits.maxRedirects)
          throw unreachable(`more than ${limits.maxRedirects} redirects`, { retryable: false });
        const location = reply.headers.location;
        if (typeof location !== 'string')
          throw unreachable('a redirect without a target', { retryable: false });
        url = checkUrl(location, policy, url);
      }
    },
    post: async (text, headers, body, signal) =>
      send(checkUrl(text, policy), { method: 'POST', headers, body, signal }),
    close: () => dispatcher.destroy(),
  };
}

/** Lets go of a body without reading it: it may never end. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
