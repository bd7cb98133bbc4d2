import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../errors.ts';
import type { EmbeddingSpace } from '../../result/voice-terms.ts';

/**
 * Versions of our front ends. A change that moves vectors by more than rounding raises the number, so that voices
 * enrolled before are refused instead of compared wrongly.
 */
const FRONT_END_VERSIONS: Readonly<Record<string, number>> = Object.freeze({
  'ge2e-mel': 1,
  'wespeaker-fbank': 1,
  '3dspeaker-fbank': 1,
  'ecapa-fbank': 1,
  'nemo-mel-80': 1,
});

/** Hexadecimal digits of a fingerprint: 128 bits. */
const FINGERPRINT_DIGITS = 32;

/**
 * Names the space of an encoder by what decides it: the weights and the features that they are fed.
 *
 * @param modelSha256 of the model file, hexadecimal
 * @param frontEnd    as models/manifest.json calls it
 * @throws InvalidInputError `invalid_option` for a front end that no speaker encoder has
 */
export function spaceFingerprint(modelSha256: string, frontEnd: string): string {
  const version = FRONT_END_VERSIONS[frontEnd];
  if (version === undefined) {
    throw new InvalidInputError(
      'invalid_option',
      `The front end ${JSON.stringify(frontEnd)} is none of a speaker encoder; known are ${Object.keys(FRONT_END_VERSIONS).join(', ')}.`,
    );
  }
  return createHash('sha256')
    .update(`${modelSha256.toLowerCase()}\n${frontEnd}/${version}`)
    .digest('hex')
    .slice(0, FINGERPRINT_DIGITS);
}

/** True where vectors of both can be compared. The name of a model may change; what decides is the fingerprint. */
export function isSameSpace(a: EmbeddingSpace, b: EmbeddingSpace): boolean {
  return a.fingerprint === b.fingerprint && a.dimension === b.dimension;
}

/**
 * Lets vectors of one space pass.
 *
 * @param what what is of the space `actual`, e.g. `The voice "Ana"`
 * @throws InvalidInputError `embedding_space_mismatch`
 */
export function requireSameSpace(expected: EmbeddingSpace, actual: EmbeddingSpace, what: string): void {
  if (isSameSpace(expected, actual)) return;
  throw new InvalidInputError(
    'embedding_space_mismatch',
    `${what} is from another embedding space (${describe(actual)}) than needed (${describe(expected)}): ` +
      'such vectors cannot be compared. Enrol it again with this model, or choose the model that it was made with.',
    { details: { expected: expected.fingerprint, actual: actual.fingerprint } },
  );
}

function describe({ model, fingerprint, dimension }: EmbeddingSpace): string {
  return `${model}, ${dimension} values, ${fingerprint.slice(0, 8)}`;
}
