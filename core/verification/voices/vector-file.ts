/** Vectors as other programs keep them: JSON, .npy, .npz, safetensors, and pickles of numbers. */
import { InvalidInputError } from '../../errors.ts';
import { parseNpz } from '../../array-files/npz.ts';
import { encodeNpy, type NpyArray, parseNpy } from '../../array-files/npy.ts';
import { parsePickle } from '../../array-files/pickle.ts';
import { type FileVector, NumericArray, vectorsOf } from '../../array-files/plain-values.ts';
import { encodeSafetensors, parseSafetensors } from '../../array-files/safetensors.ts';
import type { EnrolledVoice } from './voice.ts';
import { encodeVoice } from './voice-file.ts';

/**
 * Reads the vectors of a file. The content decides what it is, never the name.
 *
 * @param where what messages call the file
 * @throws InvalidInputError `invalid_file` for anything but numbers
 */
export function readVectorFile(bytes: Uint8Array, where: string): FileVector[] {
  if (bytes.length === 0) throw new InvalidInputError('invalid_file', `${where} is empty; expected vectors.`);
  return vectorsOf(readContent(bytes, where), where);
}

function readContent(bytes: Uint8Array, where: string): unknown {
  if (bytes[0] === 0x93 && startsWith(bytes, 1, 'NUMPY')) return numericArray(parseNpy(bytes), where);
  if (startsWith(bytes, 0, 'PK')) {
    const arrays = parseNpz(bytes);
    return new Map(Object.entries(arrays).map(([name, array]) => [name, numericArray(array, where)]));
  }
  // The header of a safetensors file begins behind its length.
  if (bytes[8] === 0x7b && bytes[7] === 0) return parseSafetensors(bytes);
  const json = parseJson(bytes);
  if (json !== undefined) return json;
  if (isPickle(bytes)) return parsePickle(bytes);
  throw new InvalidInputError(
    'invalid_file',
    `${where} cannot be read as vectors: it is neither whole JSON nor .npy, .npz, safetensors or a pickle.`,
  );
}

/** Protocol 2 and later begin with PROTO; before, lists, tuples, tables and names of functions do so with one of these. */
function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 || '(]}c)'.includes(String.fromCharCode(bytes[0]!));
}

function numericArray({ shape, data }: NpyArray, where: string): NumericArray {
  if (data instanceof Float32Array || data instanceof Float64Array) return new NumericArray(shape, data);
  throw new InvalidInputError('invalid_file', `${where} holds no floating point numbers.`);
}

/** JSON with objects as tables; undefined where it is none, a pickle for instance. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new Map(Object.entries(value)) : value;
  } catch {
    return undefined;
  }
}

function startsWith(bytes: Uint8Array, offset: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[offset + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** Forms in which voices are handed out. */
export const VOICE_EXPORT_FORMATS = ['json', 'npy', 'safetensors'] as const;
export type VoiceExportFormat = (typeof VOICE_EXPORT_FORMATS)[number];

/**
 * A voice as a file: `json` is the voice file with all samples; `npy` is its vector, [dimension]; `safetensors` holds the
 * vector under the name of the voice, and its space as metadata.
 */
export function writeVoice(voice: EnrolledVoice, format: VoiceExportFormat): string | Uint8Array {
  const { name, space, vector } = voice;
  switch (format) {
    case 'json':
      return encodeVoice(voice);
    case 'npy':
      return encodeNpy({ shape: [vector.length], data: Float32Array.from(vector) });
    case 'safetensors':
      return encodeSafetensors(new Map([[name, { shape: [vector.length], data: vector }]]), {
        model: space.model,
        fingerprint: space.fingerprint,
      });
  }
}
