/**
 * Signed webhooks after Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, several signatures while a secret
 * is being changed, and a time window. Works in Node and browsers.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { SCHEMA_VERSION } from './contract/results/schema-version.ts';
import { decodeBase64, encodeBase64 } from './audio/base64.ts';
import { ColloquyError, InvalidRequestError } from './errors/errors.ts';
import { tryParseJson } from './parse-json.ts';
import type { WebhookEvent } from './wire.ts';

/** Headers of a signed message. */
export type WebhookHeaders = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
};

/** What came in: a Fetch `Headers`, or the headers of a Node request. */
export type IncomingHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Signed messages older or newer than this are refused, so that none can be sent again later. */
const DEFAULT_TOLERANCE_SECONDS = 300;

/** Secrets of Standard Webhooks hold 24 to 64 bytes. */
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

/** The message is not what its sender signed, or is too old. */
export class WebhookVerificationError extends ColloquyError {
  override readonly name = 'WebhookVerificationError' as const;
}

function refuse(message: string): WebhookVerificationError {
  return new WebhookVerificationError('unauthorized', message);
}

/** A key of WebCrypto; browsers and Node name its type differently. */
type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

async function importSecret(secret: string): Promise<HmacKey> {
  const bytes = decodeBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES) {
    throw new InvalidRequestError(
      'invalid_option',
      'Expected a secret: whsec_ and 24 to 64 bytes as base64.',
    );
  }
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

function signedBytes(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const tail = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** A message to sign. */
export type WebhookMessage = {
  /** Names the message; a repeated delivery has the same id. */
  readonly id: string;
  readonly body: string;
  /** One, or the old and the new one during a change. */
  readonly secret: string | readonly string[];
  /** Seconds since 1970; now unless given. */
  readonly timestampSeconds?: number;
};

/**
 * The headers that make a message a signed one.
 *
 * @throws InvalidRequestError `invalid_option` for a bad secret or id
 */
export async function signWebhook(message: WebhookMessage): Promise<WebhookHeaders> {
  const { id, body } = message;
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) {
    throw new InvalidRequestError('invalid_option', 'Expected a webhook id of 1 to 128 of A-Z a-z 0-9 _ -.');
  }
  const timestamp = String(Math.floor(message.timestampSeconds ?? Date.now() / 1000));
  const secrets = typeof message.secret === 'string' ? [message.secret] : message.secret;
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const mac = await crypto.subtle.sign(
        'HMAC',
        await importSecret(secret),
        signedBytes(id, timestamp, body),
      );
      return `v1,${encodeBase64(new Uint8Array(mac))}`;
    }),
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function headerOf(headers: IncomingHeaders, name: keyof WebhookHeaders): string {
  const value =
    typeof headers.get === 'function' ? headers.get(name) : (headers as Record<string, unknown>)[name];
  if (typeof value !== 'string' || value === '') throw refuse(`The message has no header ${name}.`);
  return value;
}

/** What to check a message with. */
export type VerifyWebhookOptions = {
  /** The body as it came, byte for byte: parsed and written again it has another signature. */
  readonly body: string | Uint8Array;
  readonly headers: IncomingHeaders;
  /** One, or all that are valid during a change. */
  readonly secret: string | readonly string[];
  /** Largest difference between the clocks. @default 300 s */
  readonly toleranceSeconds?: number;
  /** Seconds since 1970. @default now */
  readonly nowSeconds?: number;
};

async function isSigned(
  options: VerifyWebhookOptions,
  signatures: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret;
  const keys = await Promise.all(secrets.map(importSecret));
  for (const signature of signatures.split(' ').slice(0, 16)) {
    const mac = signature.startsWith('v1,') ? decodeBase64(signature.slice(3)) : undefined;
    if (mac === undefined) continue;
    // `verify` of WebCrypto compares in constant time.
    for (const key of keys) if (await crypto.subtle.verify('HMAC', key, mac, bytes)) return true;
  }
  return false;
}

/**
 * Checks that a message was signed with the secret and is fresh, and returns what it says.
 *
 * Keep the ids of messages that were handled: a delivery may be repeated.
 *
 * @throws WebhookVerificationError `unauthorized`; InvalidRequestError `invalid_option` for a bad secret
 */
export async function verifyWebhook(options: VerifyWebhookOptions): Promise<WebhookEvent> {
  const id = headerOf(options.headers, 'webhook-id');
  const timestamp = headerOf(options.headers, 'webhook-timestamp');
  const signatures = headerOf(options.headers, 'webhook-signature');
  if (!/^\d{1,12}$/.test(timestamp)) throw refuse('The time of the message is no number of seconds.');
  const ageSeconds = (options.nowSeconds ?? Date.now() / 1000) - Number(timestamp);
  if (Math.abs(ageSeconds) > (options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS)) {
    throw refuse('The message is too old, or from the future.');
  }
  if (!(await isSigned(options, signatures, signedBytes(id, timestamp, options.body)))) {
    throw refuse('The signature does not match: another secret, or a changed message.');
  }
  const text = typeof options.body === 'string' ? options.body : new TextDecoder().decode(options.body);
  const event = tryParseJson(text);
  if (isEvent(event)) return event;
  throw refuse('The message is signed, but is no event of Colloquy.');
}

/**
 * True for one of our events. Whoever holds the secret wrote it, so its fields are looked at to tell it from other
 * messages; the whole schema would make this file ten times as large.
 */
function isEvent(value: unknown): value is WebhookEvent {
  if (!isRecord(value) || !isRecord(value.data)) return false;
  const isOurs = value.type === 'job.completed' || value.type === 'job.failed';
  const isWhole = typeof value.timestamp === 'string' && typeof value.data.jobId === 'string';
  return value.schemaVersion === SCHEMA_VERSION && isOurs && isWhole;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
