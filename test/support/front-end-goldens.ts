import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Closeness } from './close-to.ts';
import { decodeWithFfmpeg } from './decode.ts';
import { readFloat32 } from './npy.ts';
import { sharedFolder, sharedPath } from './shared.ts';

/** One golden array or file of `golden/front-ends/manifest.json`. */
export type GoldenItem = {
  readonly file: string;
  readonly input?: string;
  readonly sampleRange?: readonly [number, number] | 'whole files';
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tolerance: Closeness & Readonly<Record<string, unknown>>;
};

const shared = join(sharedFolder, 'data', 'golden', 'front-ends');

/** Where the golden front ends are: the shared folder, or the fixtures committed here where that is missing. */
export const frontEndFolder = existsSync(shared) ? shared : join(import.meta.dirname, '../golden/front-ends');

/** Every item of the manifest whose file name matches. */
export function goldenItems(pattern: RegExp): readonly GoldenItem[] {
  const manifest = JSON.parse(readFileSync(join(frontEndFolder, 'manifest.json'), 'utf8')) as {
    items: GoldenItem[];
  };
  return manifest.items.filter((item) => pattern.test(item.file));
}

/** Path of a file of the golden folder. */
export function goldenPath(file: string): string {
  return join(frontEndFolder, file);
}

/**
 * Samples of an input that the manifest names, as it is stored: interleaved, at its own rate. Inputs beside the golden
 * folder are recordings; `undefined` (with a printed reason) where they are missing.
 */
export function goldenInput(input: string): Float32Array | undefined {
  if (input.startsWith('inputs/')) {
    const path = goldenPath(input);
    if (existsSync(path)) return readFloat32(path);
  }
  const path = sharedPath(
    'data',
    ...(input.startsWith('inputs/') ? ['golden', 'front-ends', input] : [input]),
  );
  if (path === undefined) return undefined;
  return path.endsWith('.npy') ? readFloat32(path) : decodeWithFfmpeg(path);
}
