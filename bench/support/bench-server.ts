import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../dist/cli.js');

/** A server of its own process. */
export type BenchServer = { readonly child: ChildProcess; readonly url: string };

export async function startServer(...options: readonly string[]): Promise<BenchServer> {
  const args = [CLI, 'serve', '--port', '0', '--quiet', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString().trim() };
}

export async function stopServer({ child }: BenchServer, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
}
