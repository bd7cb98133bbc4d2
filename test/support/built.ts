import { join } from 'node:path';

/** A file of the build that `build-once.ts` makes before the tests: threads and processes start from built files. */
export function builtPath(name: 'cli.js' | 'engine-process.js' | 'lane.js'): string {
  return join(import.meta.dirname, '../../dist', name);
}
