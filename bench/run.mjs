/**
 * Runs benchmarks and prints one table: npm run bench [-- NAME …] [--json FILE]
 *
 * Benchmarks are TypeScript; they are bundled on the fly. They inform, nothing asserts on them.
 */
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as buildProduct } from '../infra/tooling/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, '../node_modules/.cache/bench/main.mjs');
buildProduct();
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(here, 'main.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  define: { 'import.meta.dirname': JSON.stringify(here) },
  outfile,
  logLevel: 'warning',
});
await import(pathToFileURL(outfile).href);
