import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'tsup';
import { onTestFinished } from 'vitest';

/** Inside node_modules, so that the built script finds packages, and git does not see it. */
const FOLDER = join(import.meta.dirname, '../../node_modules/.cache/colloquy-tests');

/** Builds a script of the tests that has to run in a process of its own. `source` from the repository's root. */
export async function buildScript(source: string): Promise<string> {
  const name = `${source.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${process.pid}`;
  mkdirSync(FOLDER, { recursive: true });
  await build({
    config: false,
    silent: true,
    entry: { [name]: source },
    outDir: FOLDER,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: false,
    clean: false,
  });
  return join(FOLDER, `${name}.mjs`);
}

export type Child = {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves when the process is gone, with what it wrote. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
};

/** Starts a built script; it is killed at the end of the running test if it still lives. */
export function startScript(script: string, ...values: readonly unknown[]): Child {
  return startScriptWith(process.env, script, ...values);
}

/** The same with an environment of its own. */
export function startScriptWith(
  environment: Readonly<Record<string, string | undefined>>,
  script: string,
  ...values: readonly unknown[]
): Child {
  const child = spawn(process.execPath, [script, ...values.map((value) => JSON.stringify(value))], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Removes a built script. */
export function removeScript(script: string): void {
  rmSync(script, { force: true });
}
