/** What a file of vectors can hold once it is read: numbers in lists, arrays and tables, nothing that acts. */
import { InvalidInputError } from '../errors.ts';

/** A dense array of numbers; `shape` multiplies to `data.length`. */
export class NumericArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;

  constructor(shape: readonly number[], data: ArrayLike<number>) {
    this.shape = shape;
    this.data = data;
  }
}

/** A vector with the name that its file gives it, where it gives one. */
export type FileVector = { readonly name: string | undefined; readonly vector: Float32Array };

/** Values of all vectors together: 128 MB, a hundred thousand voices. */
const MAX_VALUES = 2 ** 25;
const MAX_VECTORS = 1_000_000;

/**
 * Takes the vectors out of what a file held: one list of numbers, a list of such lists, an array of one or two
 * dimensions, or a table from names to any of these.
 *
 * @throws InvalidInputError `invalid_file` for anything else
 */
export function vectorsOf(value: unknown, where: string): FileVector[] {
  const found: FileVector[] = [];
  let valueCount = 0;
  const add = (name: string | undefined, vector: Float32Array): void => {
    if (vector.length === 0) throw noVectors(where, 'a vector is empty');
    valueCount += vector.length;
    if (valueCount > MAX_VALUES || found.length >= MAX_VECTORS)
      throw noVectors(where, 'it holds too many numbers');
    found.push({ name, vector });
  };
  for (const [name, item] of namedItems(value, where)) {
    const single = asVector(item);
    if (single !== undefined) add(name, single);
    // One row at a time: a file may name one long row a million times.
    else for (const row of rowsOf(item, where)) add(name, row);
  }
  if (found.length === 0) throw noVectors(where, 'it holds none');
  return found;
}

function namedItems(value: unknown, where: string): [string | undefined, unknown][] {
  if (!(value instanceof Map)) return [[undefined, value]];
  return [...(value as Map<unknown, unknown>)].map(([name, item]) => {
    if (typeof name !== 'string') throw noVectors(where, 'a name is no text');
    return [name, item];
  });
}

function asVector(value: unknown): Float32Array | undefined {
  if (value instanceof NumericArray)
    return value.shape.length === 1 ? Float32Array.from(value.data) : undefined;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES) return undefined;
  for (const item of value) if (typeof item !== 'number') return undefined;
  return Float32Array.from(value as number[]);
}

function* rowsOf(value: unknown, where: string): Generator<Float32Array> {
  if (value instanceof NumericArray && value.shape.length === 2) {
    const [rows, columns] = value.shape as [number, number];
    const data = Float32Array.from(value.data);
    for (let row = 0; row < rows; row++) yield data.slice(row * columns, (row + 1) * columns);
    return;
  }
  for (const item of Array.isArray(value) ? (value as unknown[]) : [undefined]) {
    const row = asVector(item);
    if (row === undefined) throw noVectors(where, 'it holds something else than vectors of numbers');
    yield row;
  }
}

function noVectors(where: string, what: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `${where} cannot be read as vectors: ${what}. Expected a list of numbers, a list of such lists, or a table from names to lists.`,
  );
}
