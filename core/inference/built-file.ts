import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Where a program of the build lies that runs as a process or thread of its own: beside this code or above it when it is
 * built, in `dist` when it runs from the sources. Whoever bundles this code names the path instead.
 */
export function builtFile(name: 'cli.js' | 'engine-process.js' | 'lane.js'): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = [join(folder, name), join(folder, 'dist', name)].find((path) => existsSync(path));
    if (found !== undefined) return found;
    // Whoever starts it is told that it is not there.
    if (folder === dirname(folder)) return join(import.meta.dirname, name);
  }
}
