/**
 * Voice files that only the holder of a key can read: AES-256-GCM in a JSON envelope. Names are secret as well; files
 * are found by a keyed hash of the name.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { DependencyError, InvalidInputError } from '../../errors.ts';

const FORMAT = 'colloquy-voice-encrypted';
const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Authenticated with the content: an envelope of another format cannot pass for this one. */
const ASSOCIATED = Buffer.from(`${FORMAT}/${VERSION}`);

/** A key of 256 bits, and one derived from it for names: one secret is not used for two things. */
export type VoiceKey = { readonly content: Buffer; readonly names: Buffer };

/**
 * Reads a key: 64 hexadecimal digits, or base64 of 32 bytes (`openssl rand -base64 32`).
 *
 * @throws DependencyError `configuration_invalid`; the message does not repeat the key
 */
export function readVoiceKey(text: string): VoiceKey {
  const trimmed = text.trim();
  const isHex = /^[0-9a-f]{64}$/i.test(trimmed);
  const bytes = Buffer.from(trimmed, isHex ? 'hex' : 'base64');
  if (bytes.length !== KEY_BYTES || (!isHex && !/^[A-Za-z0-9+/_-]+=*$/.test(trimmed))) {
    throw new DependencyError(
      'configuration_invalid',
      'The key for voices must be 32 bytes, as 64 hexadecimal digits or as base64 (openssl rand -base64 32).',
    );
  }
  return { content: derive(bytes, 'content'), names: derive(bytes, 'names') };
}

/** Hexadecimal: what a file is called whose name is secret. */
export function hashName(key: VoiceKey, name: string): string {
  return createHmac('sha256', key.names).update(name).digest('hex').slice(0, 32);
}

export function encryptVoice(key: VoiceKey, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key.content, nonce, { authTagLength: TAG_BYTES }).setAAD(
    ASSOCIATED,
  );
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const envelope = {
    format: FORMAT,
    version: VERSION,
    algorithm: ALGORITHM,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

/**
 * The text of a voice file; one that is not encrypted is given back as it is.
 *
 * @throws InvalidInputError `invalid_file` for a wrong key, a changed byte, and for an encrypted file without a key
 */
export function decryptVoice(key: VoiceKey | undefined, text: string, where: string): string {
  const envelope = parseEnvelope(text);
  if (envelope === undefined) return text;
  if (key === undefined) {
    throw new InvalidInputError(
      'invalid_file',
      `${where} is encrypted; set COLLOQUY_VOICE_KEY to the key that it was written with.`,
    );
  }
  try {
    const [nonce, tag, data] = [envelope.nonce, envelope.tag, envelope.data].map((field) =>
      Buffer.from(String(field), 'base64'),
    ) as [Buffer, Buffer, Buffer];
    const decipher = createDecipheriv(ALGORITHM, key.content, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(ASSOCIATED).setAuthTag(tag);
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new InvalidInputError(
      'invalid_file',
      `${where} cannot be decrypted: it was written with another key, or it was changed.`,
      { cause },
    );
  }
}

type Envelope = { readonly nonce?: unknown; readonly tag?: unknown; readonly data?: unknown };

function parseEnvelope(text: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isEnvelope = (value as { format?: unknown } | null)?.format === FORMAT;
  return isEnvelope ? (value as Envelope) : undefined;
}

function derive(key: Buffer, purpose: string): Buffer {
  return createHmac('sha256', key).update(`colloquy voices: ${purpose}`).digest();
}
