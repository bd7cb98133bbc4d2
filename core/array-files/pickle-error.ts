import { InvalidInputError } from '../errors.ts';

/** The error for a pickle that is not read. */
export function invalidPickle(what: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `The pickle cannot be read: ${what}. Only lists, tables and NumPy arrays of numbers are read; nothing in a pickle is ever executed.`,
  );
}
