/** The little that all RIFF files have in common: chunks of four characters, a size, and what they hold. */
import { InvalidInputError } from '../../errors.ts';

/** True for the first 12 bytes of a little-endian WAV file. */
export function isWav(prefix: Uint8Array): boolean {
  return ['RIFF', 'RF64', 'BW64'].includes(fourCharacters(prefix, 0)) && fourCharacters(prefix, 8) === 'WAVE';
}

/** True where the head of a chunk may stand: four printable characters. */
export function isChunkId(bytes: Uint8Array, offset: number): boolean {
  return /^[ -~]{4}$/.test(fourCharacters(bytes, offset));
}

export function damagedWav(name: string, reason: string): InvalidInputError {
  return new InvalidInputError('corrupt_audio', `${name} is damaged: ${reason}.`);
}

export function fourCharacters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
