import { readFileSync } from 'node:fs';
import { parseNpz } from '../../core/array-files/npz.ts';
import { parseNpy, type NpyArray, type NpyData } from '../../core/array-files/npy.ts';

export type { NpyArray, NpyData };

/** Reads a `.npy` file. */
export function readNpy(path: string): NpyArray {
  return parseNpy(readFileSync(path));
}

/** Reads a `.npz` file: arrays by name, or those of these names where others are no numbers. */
export function readNpz(path: string, names?: readonly string[]): Record<string, NpyArray> {
  return parseNpz(readFileSync(path), names && { names });
}

/** Reads a `.npy` file of float32 and gives its elements. */
export function readFloat32(path: string): Float32Array {
  const { data } = readNpy(path);
  if (!(data instanceof Float32Array)) throw new Error(`${path} holds no float32`);
  return data;
}

/** Elements of any kind as doubles; int64 beyond 2^53 would be rounded. */
export function toNumbers(array: NpyArray): Float64Array {
  return Float64Array.from(array.data as ArrayLike<number | bigint>, Number);
}
