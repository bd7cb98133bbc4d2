import { createHash, randomBytes } from 'node:crypto';
import { RequestError } from '../../../core/errors.ts';
import type { Caller } from './keys.ts';

/** As long as a day of work; another is opened with the key. */
const SESSION_MS = 12 * 3_600_000;

/** More sessions than people: the oldest ones end. */
const MAX_SESSIONS = 10_000;

const COOKIE = 'colloquy_session';

/**
 * Sessions of the page: players, streams of events and links send cookies, never a key. A session lives in this
 * process alone, as the digest of its token.
 */
export class Sessions {
  readonly #sessions = new Map<string, { readonly caller: Caller; readonly endsAtMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns the value of `Set-Cookie` */
  open(caller: Caller, isSecure: boolean): string {
    const token = randomBytes(24).toString('base64url');
    this.#sessions.set(digestOf(token), { caller, endsAtMs: this.#now() + SESSION_MS });
    if (this.#sessions.size > MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value!);
    return `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${SESSION_MS / 1000}${isSecure ? '; Secure' : ''}`;
  }

  /**
   * Whose session a request carries, if any.
   *
   * @throws RequestError `origin_forbidden` where something is changed by a page that is not this server's
   */
  callerOf(method: string, headers: Headers): Caller | undefined {
    const token = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]{32})(?:;|$)`).exec(
      headers.get('cookie') ?? '',
    )?.[1];
    if (token === undefined) return undefined;
    const found = this.#sessions.get(digestOf(token));
    if (found === undefined || found.endsAtMs < this.#now()) return undefined;
    if (method !== 'GET' && method !== 'HEAD' && !isOwnPage(headers)) {
      throw new RequestError(
        'origin_forbidden',
        'Pages of other origins may not use the session of this one.',
      );
    }
    return found.caller;
  }
}

function isOwnPage(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
