import { randomBytes } from 'node:crypto';

/** Ids of a server: a prefix that says what they name, and 22 characters that nobody can guess. */
export type IdPrefix = 'live' | 'job' | 'rec' | 'req' | 'item' | 'seg' | 'sess' | 'event';

export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomBytes(16).toString('base64url')}`;
}

/** Whether a text has the form of such an id; nothing else becomes part of a path. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return new RegExp(`^${prefix}_[A-Za-z0-9_-]{22}$`).test(text);
}
