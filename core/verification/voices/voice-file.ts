/**
 * Voices as files: JSON with a version, vectors as base64 of little-endian float32, no audio.
 *
 * ```json
 * { "format": "colloquy-voice", "version": 1, "name": "Ana", "space": { "model": "ge2e", … },
 *   "vector": "…", "samples": [{ "vector": "…", "quality": { … } }], "createdAt": "…", "updatedAt": "…" }
 * ```
 */
import { InvalidInputError } from '../../errors.ts';
import type { EmbeddingSpace } from '../../result/voice-terms.ts';
import { checkVector } from '../scores/embedding-vector.ts';
import type { EnrolledVoice, VoiceSample } from './voice.ts';
import { voiceName } from './voice-name.ts';
import { QUALITY_REASONS, type QualityReason, type VoiceQuality } from '../../result/voice-terms.ts';

const FORMAT = 'colloquy-voice';
const VERSION = 1;
/** A thousand samples of 1024 values; more is no voice. */
export const MAX_VOICE_FILE_BYTES = 16 * 2 ** 20;
const MAX_DIMENSION = 4096;
const MAX_SAMPLES = 1000;

/** The text of a voice file. */
export function encodeVoice(voice: EnrolledVoice): string {
  const { name, space, vector, samples, createdAt, updatedAt } = voice;
  const file = {
    format: FORMAT,
    version: VERSION,
    name,
    space,
    vector: toBase64(vector),
    samples: samples.map((sample) => ({ vector: toBase64(sample.vector), quality: sample.quality })),
    createdAt,
    updatedAt,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads a voice file, believing nothing.
 *
 * @param where what messages call the file
 * @throws InvalidInputError `invalid_file` for anything that is no whole voice of a known version
 */
export function decodeVoice(text: string, where: string): EnrolledVoice {
  const file = new Fields(parseJson(text, where), where);
  if (file.value('format') !== FORMAT) throw file.fault('it is no voice file of Colloquy');
  const version = file.value('version');
  if (version !== VERSION) {
    throw file.fault(
      `its version is ${JSON.stringify(version)}, this program reads version ${VERSION}; a newer Colloquy may read it`,
    );
  }
  const space = readSpace(file.object('space'));
  const samples = file.list('samples', MAX_SAMPLES).map((sample) => readSample(sample, space.dimension));
  return {
    name: readName(file),
    space,
    vector: readVector(file, space.dimension),
    samples,
    createdAt: file.text('createdAt'),
    updatedAt: file.text('updatedAt'),
  };
}

function parseJson(text: string, where: string): unknown {
  if (text.length > MAX_VOICE_FILE_BYTES) throw invalid(where, 'it is too large for a voice');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(where, 'it is no JSON, or it is cut off', cause);
  }
}

function readName(file: Fields): string {
  const name = file.text('name');
  try {
    return voiceName(name);
  } catch (cause) {
    throw file.fault('its name cannot be that of a voice', cause);
  }
}

function readSpace(space: Fields): EmbeddingSpace {
  const dimension = space.number('dimension');
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > MAX_DIMENSION)
    throw space.fault(`its dimension is ${dimension}`);
  return { model: space.text('model'), fingerprint: space.text('fingerprint'), dimension };
}

function readSample(sample: Fields, dimension: number): VoiceSample {
  const quality = sample.value('quality');
  return {
    vector: readVector(sample, dimension),
    quality: quality === null ? null : readQuality(sample.object('quality')),
  };
}

function readQuality(quality: Fields): VoiceQuality {
  const reasons = quality.value('reasons');
  const isKnown = (reason: unknown): reason is QualityReason =>
    QUALITY_REASONS.includes(reason as QualityReason);
  if (!Array.isArray(reasons) || !reasons.every(isKnown)) throw quality.fault('it has unknown reasons');
  return {
    speechSeconds: quality.number('speechSeconds'),
    snrDb: quality.numberOrNull('snrDb'),
    clippedFraction: quality.number('clippedFraction'),
    levelDbfs: quality.numberOrNull('levelDbfs'),
    overlapSeconds: quality.number('overlapSeconds'),
    reasons,
  };
}

function readVector(file: Fields, dimension: number): Float32Array {
  const text = file.text('vector');
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is no base64; written back it must be the same.
  if (bytes.toString('base64') !== text) throw file.fault('a vector is no base64');
  if (bytes.length !== 4 * dimension)
    throw file.fault(`a vector has ${bytes.length} bytes, expected ${4 * dimension}`);
  const vector = new Float32Array(dimension);
  for (let index = 0; index < dimension; index++) vector[index] = bytes.readFloatLE(4 * index);
  checkVector(vector, dimension, `A vector of ${file.where}`);
  return vector;
}

function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  vector.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return bytes.toString('base64');
}

/** The fields of a JSON object, taken out with their types. */
class Fields {
  readonly where: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown, where: string) {
    this.where = where;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalid(where, 'an object is missing');
    this.#fields = value as Record<string, unknown>;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value === '') throw this.fault(`${name} is no text`);
    return value;
  }

  number(name: string): number {
    const value = this.value(name);
    if (typeof value !== 'number') throw this.fault(`${name} is no number`);
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.value(name) === null ? null : this.number(name);
  }

  object(name: string): Fields {
    return new Fields(this.value(name), this.where);
  }

  list(name: string, maxLength: number): Fields[] {
    const value = this.value(name);
    if (!Array.isArray(value) || value.length > maxLength)
      throw this.fault(`${name} is no list of up to ${maxLength}`);
    return value.map((item) => new Fields(item, this.where));
  }

  fault(what: string, cause?: unknown): InvalidInputError {
    return invalid(this.where, what, cause);
  }
}

function invalid(where: string, what: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError('invalid_file', `${where} cannot be read as a voice: ${what}.`, { cause });
}
