import { HttpReply } from './http-exchange.ts';
import type { QueuedRequest } from './job-record.ts';

const EXECUTION_TIMEOUT_MS = { min: 5_000, max: 7 * 24 * 3600_000 };
const TTL_MS = { min: 10_000, max: 7 * 24 * 3600_000 };

/**
 * Reads the body of `/run` and `/runsync`.
 *
 * @throws HttpReply 400 naming the field that is wrong
 */
export function parseSubmission(body: unknown, isSync: boolean): QueuedRequest {
  if (!isObject(body)) throw new HttpReply(400, 'The body must be a JSON object with an input.');
  if (body.input === undefined || body.input === null) throw new HttpReply(400, 'input is required.');
  const policy = body.policy ?? {};
  if (!isObject(policy)) throw new HttpReply(400, 'policy must be an object.');
  const webhook = body.webhook ?? body.webhookV2;
  if (webhook !== undefined && webhook !== null && typeof webhook !== 'string') {
    throw new HttpReply(400, 'webhook must be a URL.');
  }
  const executionTimeoutMs = milliseconds(policy, 'executionTimeout', EXECUTION_TIMEOUT_MS);
  const ttlMs = milliseconds(policy, 'ttl', TTL_MS);
  return {
    input: body.input,
    isSync,
    envelope: {
      ...(typeof webhook === 'string' ? { webhook } : {}),
      ...(body.s3Config === undefined ? {} : { s3Config: body.s3Config }),
    },
    ...(typeof webhook === 'string' ? { webhook } : {}),
    ...(executionTimeoutMs === undefined ? {} : { executionTimeoutMs }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}

function milliseconds(
  policy: Record<string, unknown>,
  name: string,
  { min, max }: { min: number; max: number },
): number | undefined {
  const value = policy[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new HttpReply(400, `policy.${name} must be between ${min} and ${max} milliseconds.`);
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
