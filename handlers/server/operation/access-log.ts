import type { AnsweredRequest } from './server-metrics.ts';

/** What is known of an answered request: nothing of what was said, and no name that a caller gave to anything. */
export type AnswerFacts = AnsweredRequest & {
  readonly requestId: string;
  readonly traceId?: string | undefined;
  /** Id of the key. */
  readonly keyId: string;
  /** Absent for answers that are streamed. */
  readonly bytesOut?: number | undefined;
};

/** A line of the access log. */
export function accessLine(
  { requestId, traceId, keyId, method, route, status, seconds, bytesIn, bytesOut }: AnswerFacts,
  now = new Date(),
): string {
  const ms = Math.round(1000 * seconds);
  const time = now.toISOString();
  return `${JSON.stringify({ time, requestId, traceId, keyId, method, route, status, ms, bytesIn, bytesOut })}\n`;
}
