import { InvalidInputError } from '../../errors.ts';
import { euclideanNorm } from '../../math/vector.ts';

/**
 * Checks a vector that came from outside.
 *
 * @param what how a message calls it, e.g. `The vector of "Ana"`
 * @throws InvalidInputError `embedding_space_mismatch` for another dimension, `invalid_file` for values that are no
 *   finite numbers, and for zero, which points nowhere
 */
export function checkVector(vector: ArrayLike<number>, dimension: number, what: string): void {
  if (vector.length !== dimension) {
    throw new InvalidInputError(
      'embedding_space_mismatch',
      `${what} has ${vector.length} values, expected ${dimension}: it is from another model.`,
      { details: { expected: dimension, actual: vector.length } },
    );
  }
  for (let index = 0; index < vector.length; index++) {
    if (Number.isFinite(vector[index])) continue;
    throw new InvalidInputError(
      'invalid_file',
      `${what} has a value that is no finite number, at index ${index}.`,
      {
        details: { index },
      },
    );
  }
  const norm = euclideanNorm(vector);
  if (norm > 0 && Number.isFinite(norm)) return;
  throw new InvalidInputError(
    'invalid_file',
    `${what} is ${norm === 0 ? 'all zeros' : 'too large'}; it has no direction to compare.`,
  );
}

/** The vector at unit length, in double. It must not be zero. */
export function unitVector(vector: ArrayLike<number>): Float64Array {
  const norm = euclideanNorm(vector);
  return Float64Array.from(vector, (value) => value / norm);
}
