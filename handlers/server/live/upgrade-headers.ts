import type { IncomingMessage } from 'node:http';

/** Headers of a request for a socket as every other route has them. */
export function headersOf({ headers }: IncomingMessage): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) found.set(name, String(value));
  return found;
}
