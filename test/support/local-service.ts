import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { builtPath } from './built.ts';

/** A command that serves until it is stopped. */
export type LocalService = { readonly url: string; stop(): Promise<void> };

export type LocalServiceOptions = {
  readonly cwd?: string;
  /** @default the built command */
  readonly command?: string;
  /** Added to a minimal environment without network. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Most files and connections that it may have open. @default the machine's own limit */
  readonly openFiles?: number;
};

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

/** Starts a command of Colloquy that prints its address, as `runpod-dev --port 0`; rejects when it ends instead. */
export function startLocalService(
  args: readonly string[],
  { cwd, command = builtPath('cli.js'), environment, openFiles }: LocalServiceOptions = {},
): Promise<LocalService> {
  const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', process.execPath, command, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd ?? tmpdir(), COLLOQUY_OFFLINE: '1', ...environment },
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return new Promise((started, failed) => {
    let text = '';
    const read = (piece: Buffer): void => {
      text += piece.toString();
      const url = ADDRESS.exec(text)?.[0];
      if (url !== undefined) started({ url, stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => failed(new Error(`${args.join(' ')} ended: ${text}`)));
  });
}
