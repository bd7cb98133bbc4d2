import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { runProgram } from './run-program.ts';

const root = join(import.meta.dirname, '../..');
// Programs within the repository find the package by its name: Node calls it self-reference. Ignored by git.
const folder = join(root, 'dist/documented');

/** What is published, by the names under which programs import it; `colloquy-sdk` is what `colloquy` exports. */
const DECLARATIONS = {
  colloquy: 'sdk/index',
  'colloquy/webhook': 'sdk/webhook',
  'colloquy/formats': 'sdk/formats',
  'colloquy/core': 'core/index',
  'colloquy/local': 'local',
  'colloquy/models': 'models',
  'colloquy/runpod': 'runpod',
  'colloquy-sdk': 'sdk/index',
  'colloquy-sdk/webhook': 'sdk/webhook',
  'colloquy-sdk/formats': 'sdk/formats',
};
const paths = Object.fromEntries(
  Object.entries(DECLARATIONS).map(([name, file]) => [name, [join(root, 'dist', `${file}.d.ts`)]]),
);

/** Where a program runs: what it may use besides the language. The repository's own settings are those for Node. */
const RUNTIMES = {
  node: {},
  web: { types: [], lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'] },
};

/**
 * What the compiler says of programs of the documentation; empty where they are right. They see the declarations that
 * their readers get, not our sources, which would all be compiled with them: `buildDeclarations` goes before.
 *
 * @param sources text by name of the file, or `null` for a file of the repository
 */
export async function compileDocumentation(
  sources: Readonly<Record<string, string | null>>,
  runtime: keyof typeof RUNTIMES,
): Promise<string> {
  const here = join(folder, `compiled-for-${runtime}`);
  mkdirSync(here, { recursive: true });
  const files = Object.entries(sources).map(([file, text]) => {
    if (text === null) return join(root, file);
    writeFileSync(join(here, file), text);
    return join(here, file);
  });
  const compilerOptions = { ...RUNTIMES[runtime], paths, incremental: false };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] };
  writeFileSync(join(here, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return (await runProgram(process.execPath, [tsc, '-p', here])).stdout;
}

/** A program in TypeScript made runnable by every Node that we support; its path. */
export function documentedProgram(name: string, source: string): string {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.mjs`);
  // `colloquy-sdk` is what `colloquy` exports, under another name.
  writeFileSync(path, code.replaceAll('"colloquy-sdk', '"colloquy'));
  return path;
}
