/**
 * The id of the trace that a request is part of.
 *
 * @see https://www.w3.org/TR/trace-context/, `traceparent`
 */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/.exec(traceparent ?? '');
  if (match === null || /^0+$/.test(match[1]!) || /^0+$/.test(match[2]!)) return undefined;
  return match[1];
}
