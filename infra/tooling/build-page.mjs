/** `dist/web`: the page of the server, one script and one style sheet, named by their content. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/**
 * @param {string} root of the repository
 * @param {string} folder where it goes
 */
export async function buildPage(root, folder = join(root, 'dist/web')) {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: 'web/src/main.tsx' },
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfig: 'web/tsconfig.json',
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
  });
  const made = (ending) => basename(Object.keys(metafile.outputs).find((path) => path.endsWith(ending)));
  const html = readFileSync(join(root, 'web/index.html'), 'utf8')
    .replace('/assets/SCRIPT', `/assets/${made('.js')}`)
    .replace('/assets/STYLE', `/assets/${made('.css')}`);
  writeFileSync(join(folder, 'index.html'), html);
}
