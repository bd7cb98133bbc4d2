import type { Readable } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { guardedLookup, isAllowedAddress, type AddressRule } from './public-address.ts';
import { TransferError } from './transfer-error.ts';

const MAX_REDIRECTS = 5;
/** A server that sends nothing for so long is given up (and asked again, from where it stopped). */
const SILENCE_LIMIT_MS = 30_000;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export type DownloadNetwork = {
  /** Permits this machine as a source, also over http. For tests. */
  readonly allowLoopback?: boolean | undefined;
  /** Hosts of the operator that may have private addresses, such as a mirror in the house. */
  readonly trustedHosts?: readonly string[] | undefined;
  /** A proxy and the hosts that go around it, in the form of HTTPS_PROXY and NO_PROXY. The proxy resolves names. */
  readonly proxy?: { readonly url: string; readonly except?: string | undefined } | undefined;
};

export type OpenedDownload = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
};

/** One connection pool; `close` it when the work is done. */
export type Downloader = {
  open(url: string, headers: Record<string, string>, signal?: AbortSignal): Promise<OpenedDownload>;
  close(): Promise<void>;
};

/**
 * GETs over https, at most 5 redirects, each to https and to a host of the public internet.
 *
 * @throws TransferError from `open`, with `retryable`
 */
export function createDownloader(network: DownloadNetwork): Downloader {
  const rule: AddressRule = {
    allowLoopback: network.allowLoopback ?? false,
    trustedHosts: network.trustedHosts ?? [],
  };
  const options = {
    connect: { lookup: guardedLookup(rule), timeout: SILENCE_LIMIT_MS },
    headersTimeout: SILENCE_LIMIT_MS,
    bodyTimeout: SILENCE_LIMIT_MS,
  };
  const { proxy } = network;
  const dispatcher: Dispatcher = proxy
    ? new EnvHttpProxyAgent({
        ...options,
        httpProxy: proxy.url,
        httpsProxy: proxy.url,
        noProxy: proxy.except ?? '',
      })
    : new Agent(options);
  return {
    open: (url, headers, signal) => follow(url, { headers, dispatcher, signal: signal ?? null }, rule),
    close: () => dispatcher.destroy(),
  };
}

async function follow(
  start: string,
  options: { headers: Record<string, string>; dispatcher: Dispatcher; signal: AbortSignal | null },
  rule: AddressRule,
): Promise<OpenedDownload> {
  let url = new URL(start);
  for (let redirects = 0; ; redirects++) {
    refuseForbidden(url, rule);
    const response = await request(url, options).catch((error: unknown) => {
      throw TransferError.of(error, url);
    });
    const { statusCode: status, headers, body } = response;
    if (!REDIRECTS.includes(status)) return { status, headers, body };
    await body.dump();
    if (redirects === MAX_REDIRECTS) throw new TransferError(`more than ${MAX_REDIRECTS} redirects`, false);
    const location = headers.location;
    if (typeof location !== 'string' || !URL.canParse(location, url.href)) {
      throw new TransferError(`a redirect (${status}) of ${url.host} without a usable target`, false);
    }
    url = new URL(location, url);
  }
}

/** Names are checked when they are resolved; an address in the URL itself never is, so it is checked here. */
function refuseForbidden(url: URL, rule: AddressRule): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = ipaddr.isValid(host);
  if (literal && !rule.trustedHosts.includes(url.hostname) && !isAllowedAddress(host, rule)) {
    throw new TransferError(`${host} is not an address of the public internet`, false);
  }
  if (url.protocol === 'https:') return;
  // The one exception, for tests: http to this machine, named by its address.
  const loopback =
    literal && isAllowedAddress(host, rule) && !isAllowedAddress(host, { allowLoopback: false });
  if (url.protocol === 'http:' && loopback) return;
  throw new TransferError(`${url.protocol}//${url.host} is not https`, false);
}
