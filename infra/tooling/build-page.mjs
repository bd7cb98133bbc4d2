/** `dist/web`: the page of the server, its script and style, and what runs in the audio thread, named by their content. */
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
    entryPoints: { page: 'web/src/main.tsx', microphone: 'web/src/live/microphone-worklet.ts' },
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
  const made = (name, ending) =>
    Object.keys(metafile.outputs)
      .map((path) => basename(path))
      .find((file) => file.startsWith(`${name}-`) && file.endsWith(ending));
  const html = readFileSync(join(root, 'web/index.html'), 'utf8')
    .replace('/assets/SCRIPT', `/assets/${made('page', '.js')}`)
    .replace('/assets/STYLE', `/assets/${made('page', '.css')}`)
    .replace('/assets/WORKLET', `/assets/${made('microphone', '.js')}`);
  writeFileSync(join(folder, 'index.html'), html);
}
