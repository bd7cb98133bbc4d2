import type { Readable } from 'node:stream';
import { Agent, EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { guardedLookup } from '../../core/net/guarded-lookup.ts';
import { addressInHost, isLoopbackAddress, isPublicAddress } from '../../core/net/public-address.ts';
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
  const lookup = guardedLookup({
    allowAddress: (address, hostname) => isAllowed(address, hostname, rule),
    refuse: (hostname) => new Error(`${hostname} is not a host of the public internet`),
  });
  const options = {
    connect: { lookup, timeout: SILENCE_LIMIT_MS },
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

/** With `allowLoopback` (tests) also this machine; `trustedHosts` (a mirror of the operator) wherever they are. */
type AddressRule = { readonly allowLoopback: boolean; readonly trustedHosts: readonly string[] };

function isAllowed(address: string, hostname: string, rule: AddressRule): boolean {
  return (
    isPublicAddress(address) ||
    rule.trustedHosts.includes(hostname) ||
    (rule.allowLoopback && isLoopbackAddress(address))
  );
}

/** Names are checked when they are resolved; an address in the URL itself never is, so it is checked here. */
function refuseForbidden(url: URL, rule: AddressRule): void {
  const address = addressInHost(url.hostname);
  if (address !== undefined && !isAllowed(address, url.hostname, rule)) {
    throw new TransferError(`${address} is not an address of the public internet`, false);
  }
  if (url.protocol === 'https:') return;
  // The one exception, for tests: http to this machine, named by its address.
  const isThisMachine = address !== undefined && rule.allowLoopback && isLoopbackAddress(address);
  if (url.protocol === 'http:' && isThisMachine) return;
  throw new TransferError(`${url.protocol}//${url.host} is not https`, false);
}
