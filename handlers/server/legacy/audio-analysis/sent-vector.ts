import { open } from 'node:fs/promises';
import { InvalidInputError } from '../../../../core/errors.ts';
import { vectorsOf } from '../../../../core/array-files/plain-values.ts';
import type { EmbeddingSpace } from '../../../../core/result/voice-terms.ts';
import { readVectorFile } from '../../../../core/verification/voices/vector-file.ts';
import type { LegacyForm } from '../legacy-form.ts';
import { wrongField } from '../legacy-form.ts';

/** Larger than any vector is in any of the forms. */
const MAX_BYTES = 256 * 1024;

/**
 * The vector that a client sent: as a file (pickle of numbers, JSON, `.npy` …), or as text of JSON. A reply of
 * `/embedding` as it came is taken too. Pickles are read by a reader that runs nothing.
 *
 * @param space of the encoder that is used; a vector of another one is refused
 * @throws InvalidInputError `invalid_option`, `invalid_file`, `embedding_space_mismatch`
 */
export async function sentVector(form: LegacyForm, space: EmbeddingSpace): Promise<readonly number[]> {
  const files = form.files.filter(({ field }) => field === 'embedding');
  if (files.length > 1) throw wrongField('embedding', 'is there twice: send one vector');
  const [file] = files;
  const text = form.fields.get('embedding');
  if (file === undefined && text === undefined) {
    throw wrongField('embedding', 'is missing: send a pickle, a list as JSON, or a .npy file');
  }
  const bytes = file === undefined ? Buffer.from(text!) : await head(file.path);
  if (bytes.length > MAX_BYTES) throw badFile(`is larger than ${MAX_BYTES} bytes`);
  const own = ownReply(bytes);
  if (own?.fingerprint !== undefined && own.fingerprint !== space.fingerprint) throw mismatch(space);
  const vectors =
    own === undefined ? readVectorFile(bytes, 'embedding') : vectorsOf(own.embedding, 'embedding');
  const [found, ...more] = vectors;
  if (found === undefined || more.length > 0) throw badFile(`holds ${vectors.length} vectors; expected one`);
  const { vector } = found;
  if (vector.length !== space.dimension) throw mismatch(space, vector.length);
  const numbers = Array.from(vector);
  if (!numbers.every(Number.isFinite)) throw badFile('holds numbers that are not finite');
  if (numbers.every((number) => number === 0)) throw badFile('is zero everywhere');
  return numbers;
}

/** As much as is looked at. */
async function head(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The body of a reply of `/embedding`; undefined for anything else. */
function ownReply(bytes: Uint8Array): { embedding: unknown; fingerprint: unknown } | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    const { space } = value as { space?: { fingerprint?: unknown } | null };
    return 'embedding' in value ? { embedding: value.embedding, fingerprint: space?.fingerprint } : undefined;
  } catch {
    return undefined;
  }
}

function badFile(what: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `embedding ${what}.`, { details: { option: 'embedding' } });
}

function mismatch({ model, dimension }: EmbeddingSpace, got?: number): InvalidInputError {
  const what = got === undefined ? 'a vector of another encoder' : `${got} numbers`;
  return new InvalidInputError(
    'embedding_space_mismatch',
    `embedding: expected ${dimension} numbers of ${model}, got ${what}. Make it anew with POST /embedding.`,
    { details: { option: 'embedding' } },
  );
}
