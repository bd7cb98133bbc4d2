import { randomBytes } from 'node:crypto';

/**
 * The trace that a request is part of.
 *
 * @see https://www.w3.org/TR/trace-context/, `traceparent`
 */
export type TraceContext = { readonly traceId: string; readonly flags: string };

/** @returns undefined for a header that is not there or not valid: it is as if it were not there */
export function traceContextOf(traceparent: string | undefined | null): TraceContext | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(
    traceparent ?? '',
  );
  if (match === null || /^0+$/.test(match[1]!) || /^0+$/.test(match[2]!)) return undefined;
  return { traceId: match[1]!, flags: match[3]! };
}

/** The header for requests that we make within a trace: its id, and a step of our own. */
export function traceparentOf({ traceId, flags }: TraceContext): string {
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
}
