import { HttpReply } from '../../work/http/http-reply.ts';

/** Milliseconds from a query, cut to bounds; `undefined` when they are not there. @throws HttpReply 400 */
export function millisecondsFrom(
  query: URLSearchParams,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value))
    throw new HttpReply(400, `${name} must be a number of milliseconds.`);
  return Math.min(max, Math.max(min, Math.floor(value)));
}
