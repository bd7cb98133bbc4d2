/** Arrays that models bring beside their networks: means, PLDA, recording conditions, cohorts. */
import { readFile } from 'node:fs/promises';
import { parseNpy, type NpyArray } from '../array-files/npy.ts';
import { parseNpz } from '../array-files/npz.ts';
import { isSpeechError, ModelError } from '../errors.ts';
import { systemErrorCode } from '../system-error-code.ts';

const ADVICE = 'colloquy models verify tells whether it is whole';

/** An array of floating point numbers. */
export type FloatArray = { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array };

/**
 * The array of a `.npy` file.
 *
 * @param what the file is, at the begin of a sentence: `The mean of ge2e`
 * @throws ModelError `model_missing` where it cannot be read, `model_shape_mismatch` where it is damaged or something else
 */
export async function readModelArray(path: string, what: string): Promise<FloatArray> {
  return floats(await parsed(path, what, parseNpy), what);
}

/** Arrays of a `.npz` file, by name. */
export class ModelArrays {
  readonly #arrays: Readonly<Record<string, NpyArray>>;
  readonly #what: string;

  private constructor(arrays: Readonly<Record<string, NpyArray>>, what: string) {
    this.#arrays = arrays;
    this.#what = what;
  }

  /**
   * Reads arrays of these names; others of the file are passed over, whatever they hold.
   *
   * @throws as `readModelArray`
   */
  static async read(path: string, what: string, names: readonly string[]): Promise<ModelArrays> {
    return new ModelArrays(await parsed(path, what, (bytes) => parseNpz(bytes, { names })), what);
  }

  /** @throws ModelError `model_shape_mismatch` where there is none of that name, or of other elements */
  floats(name: string): FloatArray {
    const array = this.#arrays[name];
    if (array !== undefined) return floats(array, this.#what, name);
    throw mismatch(`${this.#what} has no array ${name}; ${ADVICE}.`);
  }

  /** The same in double precision, whatever its shape. */
  doubles(name: string): Float64Array {
    return Float64Array.from(this.floats(name).data);
  }
}

async function parsed<T>(path: string, what: string, parse: (bytes: Uint8Array) => T): Promise<T> {
  try {
    return parse(await readFile(path));
  } catch (cause) {
    if (isSpeechError(cause)) throw mismatch(`${what} is damaged; ${ADVICE}.`, cause);
    const reason = systemErrorCode(cause) ?? 'unknown reason';
    throw new ModelError('model_missing', `${what} cannot be read (${reason}); ${ADVICE}.`, {
      cause,
      details: { reason },
    });
  }
}

function floats({ shape, data }: NpyArray, what: string, name?: string): FloatArray {
  if (data instanceof Float32Array || data instanceof Float64Array) return { shape, data };
  const array = name === undefined ? '' : ` in its array ${name}`;
  throw mismatch(`${what} holds no floating point numbers${array}; ${ADVICE}.`);
}

function mismatch(message: string, cause?: unknown): ModelError {
  return new ModelError('model_shape_mismatch', message, cause === undefined ? {} : { cause });
}
