import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'tsup';

/** Programs built for a test run, and how to remove them. */
export type BundledPrograms = { readonly folder: string; path(name: string): string; remove(): void };

/**
 * Builds TypeScript programs so that a test can start them as processes of their own.
 *
 * @param entries name of the program -> source file, relative to the repository
 */
export async function bundlePrograms(entries: Record<string, string>): Promise<BundledPrograms> {
  // Inside the repository, so that the programs find node_modules.
  const folder = mkdtempSync(join(resolve('node_modules'), '.test-programs-'));
  await build({
    entry: entries,
    outDir: folder,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    config: false,
    silent: true,
    splitting: true,
    dts: false,
    outExtension: () => ({ js: '.mjs' }),
  });
  return {
    folder,
    path: (name) => join(folder, `${name}.mjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
