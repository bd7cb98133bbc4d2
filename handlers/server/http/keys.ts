import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DependencyError, RemoteError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** What a key may do. */
export const SCOPES = ['jobs', 'voices', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Somebody who may use the server. */
export type Caller = { readonly id: string; readonly scopes: ReadonlySet<Scope> };

/** Without keys everybody is this one: the person in front of the machine. */
export const LOCAL_CALLER: Caller = { id: 'local', scopes: new Set(SCOPES) };

type Key = Caller & { readonly digest: Buffer };

/** The keys of a server, as digests: the file of keys gives nobody a key. */
export class Keys {
  readonly #keys: readonly Key[];

  constructor(keys: readonly Key[]) {
    this.#keys = keys;
  }

  /**
   * Reads lines of `id sha256hex [scopes]`; `#` begins a comment.
   *
   * @throws DependencyError `configuration_invalid` with the number of the line
   */
  static async read(path: string): Promise<Keys> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      const code = systemErrorCode(error) ?? 'unknown reason';
      throw new DependencyError('configuration_invalid', `The file of keys cannot be read (${code}).`);
    });
    const lines = text.split('\n').map((line) => line.replace(/#.*$/, '').trim());
    return new Keys(lines.flatMap((line, index) => (line === '' ? [] : [keyOf(line, index + 1)])));
  }

  /**
   * One key with every scope.
   *
   * @throws DependencyError `configuration_invalid` for one that can be guessed
   */
  static of(secret: string): Keys {
    if (secret.length < 16) {
      throw new DependencyError(
        'configuration_invalid',
        'COLLOQUY_SERVE_KEY is shorter than 16 characters. colloquy serve key NAME makes a good one.',
      );
    }
    const digest = createHash('sha256').update(secret).digest();
    return new Keys([{ id: 'key', digest, scopes: new Set(SCOPES) }]);
  }

  /** @throws RemoteError `unauthorized` */
  check(secret: string | undefined): Caller {
    const digest = createHash('sha256')
      .update(secret ?? '')
      .digest();
    // Every key is compared, so that the time says nothing about which was near.
    const matching = this.#keys.filter((key) => timingSafeEqual(key.digest, digest));
    if (secret !== undefined && matching[0] !== undefined) return matching[0];
    throw new RemoteError(
      'unauthorized',
      secret === undefined
        ? 'Send a key: Authorization: Bearer KEY.'
        : 'The key is not known here. Check it.',
    );
  }
}

function keyOf(line: string, number: number): Key {
  const match = /^([A-Za-z0-9_.-]{1,64})\s+([0-9a-f]{64})(?:\s+([a-z, ]+))?$/.exec(line);
  const scopes = match?.[3]?.split(/[, ]+/).filter(Boolean) ?? [...SCOPES];
  if (match === null || !scopes.every(isScope)) {
    throw new DependencyError(
      'configuration_invalid',
      `Line ${number} of the file of keys is not valid: expected ID SHA256 [${SCOPES.join(',')}]. Make one with colloquy serve key NAME.`,
    );
  }
  return { id: match[1]!, digest: Buffer.from(match[2]!, 'hex'), scopes: new Set(scopes) };
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

/** The key that a request carries: a bearer token, a header, or a password (old clients write it into the address). */
export function secretOf(headers: Headers): string | undefined {
  const authorization = headers.get('authorization') ?? '';
  const bearer = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString();
    return text.slice(text.indexOf(':') + 1) || undefined;
  }
  return headers.get('x-api-key') ?? undefined;
}
