import { RequestError } from '../../../core/errors.ts';
import { isSameHost, isThisMachine } from '../../work/http/web-guard.ts';

/** Who may talk to a server that asks for no key: this machine, and no page of anybody else. */
export type OriginRules = {
  /** The server listens on loopback and has no keys. */
  readonly isOpen: boolean;
  /** Origins of pages that may call it from elsewhere. */
  readonly corsOrigins: ReadonlySet<string>;
};

/**
 * Refuses what a foreign page has a browser send: names that a resolver points at this machine, other origins.
 *
 * @throws RequestError `origin_forbidden`
 */
export function checkOrigin(headers: Headers, { isOpen, corsOrigins }: OriginRules): void {
  const origin = headers.get('origin');
  const host = headers.get('host') ?? '';
  if (isOpen && !isThisMachine(host)) {
    throw forbidden(
      `Expected this machine as host (localhost), got another name. Start the server with --keys to serve others.`,
    );
  }
  if (origin !== null && origin !== 'null' && corsOrigins.has(origin)) return;
  const isSame = origin === null ? headers.get('sec-fetch-site') !== 'cross-site' : isSameHost(origin, host);
  if (!isSame && isOpen)
    throw forbidden('Pages of other origins may not use this server. Allow them with --cors-origin.');
}

function forbidden(message: string): RequestError {
  return new RequestError('origin_forbidden', message);
}
