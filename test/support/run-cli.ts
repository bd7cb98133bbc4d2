import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { builtPath } from './built.ts';

export type CliRun = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  readonly cwd?: string;
  /** Added to a minimal environment without network. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Sent to stdin, which is closed otherwise. */
  readonly input?: Uint8Array;
};

/** Starts the built command, as a user would. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  return spawn(process.execPath, [builtPath('cli.js'), ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: tmpdir(), COLLOQUY_OFFLINE: '1', ...options.environment },
  });
}

/** Runs the built command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = startCli(args, options);
  const ended = endOf(child);
  // The command may end before it read everything.
  child.stdin!.on('error', () => undefined);
  child.stdin!.end(options.input);
  return ended;
}

/** Collects what a running command prints until it ends. */
export async function endOf(child: ChildProcess): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
