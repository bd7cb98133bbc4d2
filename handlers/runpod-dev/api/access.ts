import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { DependencyError } from '../../../core/errors.ts';
import { HttpReply } from '../../work/http/http-reply.ts';
import { isLoopbackHost, refuseWebPages } from '../../work/http/web-guard.ts';

/** Looks at who asks, before anything else. @throws HttpReply 401, 403 */
export type AccessCheck = (request: IncomingMessage) => void;

/**
 * Both halves of the platform are behind the same key: whoever could take jobs would read them, and could answer them.
 * Callers send it as `Authorization: Bearer KEY`, workers as `Authorization: KEY`.
 *
 * @param apiKey without one, whoever can reach this machine's loopback may ask, but no web page
 */
export function createAccessCheck(apiKey: string | undefined): AccessCheck {
  const expected = apiKey === undefined ? undefined : digestOf(apiKey);
  return (request) => {
    refuseWebPages(request, expected !== undefined);
    if (expected === undefined) return;
    const sent = digestOf((request.headers.authorization ?? '').replace(/^Bearer /i, ''));
    // Digests have one length, whatever was sent.
    if (!timingSafeEqual(sent, expected)) {
      throw new HttpReply(401, 'Send the key of this platform as Authorization: Bearer.');
    }
  };
}

/** @throws DependencyError `configuration_invalid` for an address that others can reach, without a key */
export function requireKeyInPublic(host: string, apiKey: string | undefined): void {
  if (apiKey === '') {
    throw new DependencyError('configuration_invalid', 'The API key is empty: leave it out, or give one.');
  }
  if (apiKey !== undefined || isLoopbackHost(host)) return;
  throw new DependencyError(
    'configuration_invalid',
    `Other machines can reach ${host}: give --api-key, or listen on 127.0.0.1.`,
  );
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
