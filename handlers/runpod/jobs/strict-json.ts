import { InvalidInputError } from '../../../core/errors.ts';

/**
 * JSON text of a value, refusing what JSON would quietly turn into something else: bigint, function, symbol,
 * Map, Set, binary data and circles. NaN and infinities become `null`, `undefined` at the top too.
 *
 * @throws InvalidInputError `invalid_option` naming the kind and the last key of the value that does not fit
 */
export function toStrictJson(value: unknown): string {
  try {
    return JSON.stringify(value === undefined ? null : value, refuseForeign);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const problem =
      error instanceof RangeError
        ? 'it is too large or nested too deeply. Return less, or flatter data.'
        : 'it refers to itself. Return plain data without circles.';
    throw new InvalidInputError('invalid_option', `The output cannot be sent as JSON: ${problem}`);
  }
}

function refuseForeign(this: unknown, key: string, value: unknown): unknown {
  // `value` has been through toJSON already, which turns a Buffer into a list; look at what was there before.
  const original = (this as Record<string, unknown>)[key];
  const kind = foreignKind(original);
  if (kind === undefined) return value;
  const place = key === '' ? 'it' : `the field ${JSON.stringify(key.slice(0, 64))}`;
  throw new InvalidInputError(
    'invalid_option',
    `The output cannot be sent as JSON: ${place} is a ${kind}. Return text, numbers, lists and plain objects.`,
  );
}

function foreignKind(value: unknown): string | undefined {
  const type = typeof value;
  if (type === 'bigint' || type === 'function' || type === 'symbol') return type;
  if (type !== 'object' || value === null) return undefined;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'binary buffer';
  if (value instanceof Map) return 'Map';
  if (value instanceof Set) return 'Set';
  return undefined;
}
