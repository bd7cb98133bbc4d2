import { createHash } from 'node:crypto';

/** What makes an item the same item: this version of this recording, worked on in this way. */
export type ItemIdentity = {
  /** Name of the store. */
  readonly store: string;
  readonly key: string;
  /** Of the recording. */
  readonly version: string;
  /** Of the work: see `fingerprintOf`. */
  readonly fingerprint: string;
};

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** `i-` and 40 of a-z 2-7: harmless in object keys, queues and file names. */
export const ITEM_ID = /^i-[a-z2-7]{40}$/;

/**
 * Id of an item; the same recording and options give the same id on every machine and at every time.
 *
 * The version is the ETag and not the version id, since listings do not tell version ids: an item that was planned from
 * an event would have another id than the same one planned from a listing.
 */
export function itemIdOf({ store, key, version, fingerprint }: ItemIdentity): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([store, key, version, fingerprint]))
    .digest();
  return compactText(`i-${base32(digest).slice(0, 40)}`);
}

/** The same text alone in memory: parts and sums of others keep those alive, which a million ids would pay for. */
export function compactText(ascii: string): string {
  return Buffer.from(ascii, 'latin1').toString('latin1');
}

/**
 * Digest of everything that changes a result: task, options, models with their checksums, formats. Threads, provider
 * and the version of Colloquy are not in it.
 */
export function fingerprintOf(work: unknown): string {
  return createHash('sha256').update(canonicalJson(work)).digest('hex');
}

/** RFC 4648 in small letters, without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let [held, heldBits] = [0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      text += ALPHABET[(held >>> heldBits) & 31]!;
      held &= (1 << heldBits) - 1;
    }
  }
  return heldBits === 0 ? text : text + ALPHABET[(held << (5 - heldBits)) & 31]!;
}

/** JSON with the members of every object in the order of their names: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
