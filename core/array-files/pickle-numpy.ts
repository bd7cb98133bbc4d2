/**
 * The functions that pickles of NumPy arrays name, as far as they make arrays of floating point numbers. They are
 * compared by name and stand for nothing else: no module is imported, no object is made.
 */
import { invalidPickle } from './pickle-error.ts';
import { NumericArray } from './plain-values.ts';

/** A function that a pickle may call, or the class that it passes on as an argument. */
type AllowedFunction = 'reconstruct' | 'ndarray' | 'dtype' | 'from-buffer' | 'scalar' | 'encode';

class FunctionToken {
  readonly name: AllowedFunction;

  constructor(name: AllowedFunction) {
    this.name = name;
  }
}

/** An element type on its way: its size and byte order come in two steps. */
export class NumpyDtype {
  readonly elementBytes: 4 | 8;
  isLittleEndian = true;

  constructor(elementBytes: 4 | 8) {
    this.elementBytes = elementBytes;
  }
}

const MODULES = ['numpy.core.multiarray', 'numpy._core.multiarray'];
const NUMERIC_MODULES = ['numpy.core.numeric', 'numpy._core.numeric'];

const ALLOWED = new Map<string, AllowedFunction>([
  ...MODULES.flatMap((module): [string, AllowedFunction][] => [
    [`${module} _reconstruct`, 'reconstruct'],
    [`${module} scalar`, 'scalar'],
  ]),
  ...NUMERIC_MODULES.map((module): [string, AllowedFunction] => [`${module} _frombuffer`, 'from-buffer']),
  ['numpy ndarray', 'ndarray'],
  ['numpy dtype', 'dtype'],
  ['_codecs encode', 'encode'],
]);

/** Largest array, in elements. */
const MAX_ELEMENTS = 2 ** 25;

/** @throws InvalidInputError `invalid_file` for any other function */
export function findFunction(module: unknown, name: unknown): unknown {
  const allowed =
    typeof module === 'string' && typeof name === 'string' ? ALLOWED.get(`${module} ${name}`) : undefined;
  if (allowed !== undefined) return new FunctionToken(allowed);
  const shown = `${printable(module)}.${printable(name)}`;
  throw invalidPickle(`it wants to use ${shown}, which is not allowed`);
}

/** @throws InvalidInputError `invalid_file` for calls that make no array of floats */
export function callFunction(callee: unknown, values: unknown): unknown {
  if (!(callee instanceof FunctionToken) || !Array.isArray(values))
    throw invalidPickle('it calls something that is no function');
  const [first, second, third, fourth] = values as unknown[];
  switch (callee.name) {
    case 'reconstruct':
      if (first instanceof FunctionToken && first.name === 'ndarray') return new NumericArray([0], []);
      throw invalidPickle('an array is of an unknown class');
    case 'dtype':
      return dtypeOf(first);
    case 'from-buffer':
      return arrayOf(second, third, fourth === 'F', first);
    case 'scalar':
      return arrayOf(first, [1], false, second).data[0];
    case 'encode':
      if (typeof first === 'string' && second === 'latin1') return latin1Bytes(first);
      throw invalidPickle('a text is encoded in an unknown way');
    case 'ndarray':
      throw invalidPickle('it makes an array in an unknown way');
  }
}

/**
 * Completes an array (`version, shape, dtype, isFortran, data`) or an element type (`version, byteOrder, …`).
 *
 * @throws InvalidInputError `invalid_file` for anything else
 */
export function buildState(target: unknown, state: unknown): unknown {
  if (!Array.isArray(state)) throw invalidPickle('a state is none');
  if (target instanceof NumpyDtype) {
    const order: unknown = state[1];
    if (order !== '<' && order !== '>' && order !== '|' && order !== '=')
      throw invalidPickle('a byte order is unknown');
    target.isLittleEndian = order !== '>';
    return target;
  }
  if (target instanceof NumericArray) {
    const [, shape, dtype, isFortran, data] = state as unknown[];
    // In place: the pickle may have remembered the array before it was complete.
    return Object.assign(target, arrayOf(dtype, shape, isFortran === true, data));
  }
  throw invalidPickle('it sets the state of something that has none');
}

function dtypeOf(name: unknown): NumpyDtype {
  if (name === 'f4' || name === '<f4') return new NumpyDtype(4);
  if (name === 'f8' || name === '<f8') return new NumpyDtype(8);
  throw invalidPickle(`elements of type ${printable(name)} are not floating point numbers of 4 or 8 bytes`);
}

function arrayOf(dtype: unknown, shape: unknown, isFortran: boolean, data: unknown): NumericArray {
  if (!(dtype instanceof NumpyDtype) || !(data instanceof Uint8Array))
    throw invalidPickle('an array is not complete');
  const extents = extentsOf(shape);
  const count = extents.reduce((product, extent) => product * extent, 1);
  if (count > MAX_ELEMENTS || data.length !== count * dtype.elementBytes)
    throw invalidPickle('the shape of an array does not fit its data');
  if (isFortran && extents.length > 1) throw invalidPickle('an array is in Fortran order');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    values[index] =
      dtype.elementBytes === 4
        ? view.getFloat32(4 * index, dtype.isLittleEndian)
        : view.getFloat64(8 * index, dtype.isLittleEndian);
  }
  return new NumericArray(extents, values);
}

function extentsOf(shape: unknown): number[] {
  const isShape =
    Array.isArray(shape) &&
    shape.length <= 8 &&
    shape.every(
      (extent) =>
        Number.isSafeInteger(extent) && (extent as number) >= 0 && (extent as number) <= MAX_ELEMENTS,
    );
  if (!isShape) throw invalidPickle('the shape of an array is none');
  return shape as number[];
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code > 255) throw invalidPickle('a text is no Latin-1');
    return code;
  });
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 60).replaceAll(/[^ -~]/g, '?') : 'something';
}
