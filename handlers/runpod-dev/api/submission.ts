import { HttpReply } from '../../work/http/http-reply.ts';
import type { JsonObjectText } from '../../work/http/json-text.ts';
import { identityOf, type JobIdentity } from '../queue/job-record.ts';

const EXECUTION_TIMEOUT_MS = { min: 5_000, max: 7 * 24 * 3600_000 };
const TTL_MS = { min: 10_000, max: 7 * 24 * 3600_000 };

/** A webhook's address and the caller's own S3 settings are short; they stand in every line about the job. */
const MAX_ENVELOPE_CHARACTERS = 16_384;

/** The body of `/run` and `/runsync`: the input as it was written, and what it says besides. */
export type SubmissionBody = {
  readonly inputJson: string;
  readonly identity: JobIdentity | undefined;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly webhook?: string;
  readonly executionTimeoutMs?: number;
  readonly ttlMs?: number;
};

/** @throws HttpReply 400 naming the field that is wrong */
export function parseSubmission({ value: body, members }: JsonObjectText): SubmissionBody {
  const inputJson = members.get('input');
  if (inputJson === undefined || body.input === null) throw new HttpReply(400, 'input is required.');
  const policy = body.policy ?? {};
  if (!isObject(policy)) throw new HttpReply(400, 'policy must be an object.');
  const webhook = body.webhook ?? body.webhookV2 ?? undefined;
  if (webhook !== undefined && typeof webhook !== 'string')
    throw new HttpReply(400, 'webhook must be a URL.');
  const executionTimeoutMs = milliseconds(policy, 'executionTimeout', EXECUTION_TIMEOUT_MS);
  const ttlMs = milliseconds(policy, 'ttl', TTL_MS);
  const envelope = {
    ...(webhook === undefined ? {} : { webhook }),
    ...(body.s3Config === undefined ? {} : { s3Config: body.s3Config }),
  };
  if (JSON.stringify(envelope).length > MAX_ENVELOPE_CHARACTERS) {
    throw new HttpReply(400, `webhook and s3Config together may have ${MAX_ENVELOPE_CHARACTERS} characters.`);
  }
  return {
    inputJson,
    identity: identityOf(body.input),
    envelope,
    ...(webhook === undefined ? {} : { webhook }),
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
