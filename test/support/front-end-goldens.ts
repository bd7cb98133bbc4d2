import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Closeness } from './close-to.ts';
import { sharedFolder } from './shared.ts';

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
