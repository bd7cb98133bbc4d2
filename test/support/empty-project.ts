import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramRun, runProgram } from './run-program.ts';

const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

/** What npm says where the registry is out of reach and its cache lacks something. */
const NO_REGISTRY =
  /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ENETUNREACH|EIDLETIMEOUT/;

/** A folder outside of the repository with nothing in it but what was installed. */
export type EmptyProject = {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): void;
  /** Runs a program of the project by Node; its output. */
  node(...args: string[]): Promise<ProgramRun>;
  /** What the compiler complains about in these files; empty where they are right. */
  compile(options: Readonly<Record<string, unknown>>, files: readonly string[]): Promise<string>;
  remove(): void;
};

/** Packs a folder as `npm publish` would; the path of the archive. */
export async function pack(folder: string, destination: string): Promise<string> {
  const args = ['pack', folder, '--ignore-scripts', '--json', '--pack-destination', destination];
  const { stdout, stderr, code } = await runProgram('npm', args, { cwd: root });
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  return join(destination, packed.filename);
}

/**
 * Installs an archive into an empty project, as its users do.
 *
 * @returns why it cannot be done here, where npm's registry is out of reach
 */
export async function installInEmptyProject(archive: string): Promise<EmptyProject | string> {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-installed-'));
  const project = emptyProject(folder);
  project.write({ 'package.json': '{ "name": "empty", "private": true, "type": "module" }' });
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0'];
  // As the README says: without the CUDA libraries, which are not in the registry.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { code, stderr } = await runProgram('npm', ['install', ...quick, archive], { cwd: folder, env });
  if (code === 0) return project;
  project.remove();
  if (!NO_REGISTRY.test(stderr)) throw new Error(`npm install failed: ${stderr}`);
  const reason = 'skipped: npm can reach no registry, and its cache lacks a dependency';
  if (process.env.CI === 'true' || process.env.CI === '1') throw new Error(reason);
  console.warn(reason);
  return reason;
}

function emptyProject(folder: string): EmptyProject {
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  };
  return {
    folder,
    write,
    node: (...args) => runProgram(process.execPath, args, { cwd: folder, env: environmentOf(folder) }),
    compile: async (options, files) => {
      addNodeTypes(folder);
      const compilerOptions = {
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        ...options,
      };
      write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files }) });
      const { stdout } = await runProgram(process.execPath, [tsc, '-p', folder], { cwd: folder });
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Programs in TypeScript for Node have these; they are no dependency of ours. */
function addNodeTypes(folder: string): void {
  const types = join(folder, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  rmSync(join(types, 'node'), { recursive: true, force: true });
  symlinkSync(join(root, 'node_modules/@types/node'), join(types, 'node'));
}

function environmentOf(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, COLLOQUY_OFFLINE: '1' };
}
